package org.impasto.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.impasto.benchmarks.FloatTensors.FloatTensor;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime from its Maven artifact: all graph optimisations, sequential execution, inputs in direct buffers that
 * are handed over without a copy. Its outputs are not copied to Java in the timed pass.
 */
final class OnnxRuntimeRows implements Side {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final int threads;

    OnnxRuntimeRows(int threads) {
        this.threads = threads;
    }

    @Override
    public String describe() {
        return "ONNX Runtime " + environment.getVersion() + ", " + threads + " intra-op threads, all optimisations";
    }

    @Override
    public Workload prepare(Row row, BenchmarkData data) {
        try {
            Map<String, OnnxTensorLike> inputs = new LinkedHashMap<>();
            for (Map.Entry<String, FloatTensor> entry :
                    FloatTensors.read(data.inputs(row)).entrySet()) {
                if (!(row.work() instanceof ConvolutionLayer)
                        || entry.getKey().equals("x")) { // weights are in the model
                    inputs.put(entry.getKey(), tensor(entry.getValue()));
                }
            }
            return new Pass(session(data.onnxModel(row)), inputs);
        } catch (OrtException e) {
            throw failure(e);
        }
    }

    /** The {@link Row#COLD} row: picture and model from disk, features out, in Java's hands. */
    Map<String, FloatTensor> cold(Row.Cold cold, BenchmarkData data) {
        try {
            OrtSession session = session(data.onnxModel(Row.COLD));
            FloatTensor picture = picture(data.picture());
            BenchmarkData.normalise(picture.values(), 1, cold.size() * cold.size());
            Pass pass = new Pass(session, Map.of("x", tensor(picture)));
            pass.run();
            return pass.outputs();
        } catch (OrtException e) {
            throw failure(e);
        }
    }

    private OrtSession session(Path model) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(threads);
        options.setInterOpNumThreads(1);
        options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        return environment.createSession(model.toString(), options);
    }

    private OnnxTensor tensor(FloatTensor values) throws OrtException {
        FloatBuffer direct = ByteBuffer.allocateDirect(4 * values.values().length)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        direct.put(values.values()).flip();
        return OnnxTensor.createTensor(environment, direct, values.shape());
    }

    /** Red, green and blue planes in [0,1]. */
    private static FloatTensor picture(Path file) {
        try {
            BufferedImage image = ImageIO.read(file.toFile());
            int w = image.getWidth();
            int h = image.getHeight();
            int[] pixels = image.getRaster().getPixels(0, 0, w, h, (int[]) null);
            float[] planes = new float[3 * w * h];
            for (int i = 0; i < w * h; i++) {
                for (int c = 0; c < 3; c++) {
                    planes[c * w * h + i] = pixels[3 * i + c] / 255f;
                }
            }
            return FloatTensor.of(planes, 1, 3, h, w);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static IllegalStateException failure(OrtException e) {
        return new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
    }

    private static final class Pass implements Workload {
        private final OrtSession session;
        private final Map<String, OnnxTensorLike> inputs;
        private OrtSession.@Nullable Result result;

        Pass(OrtSession session, Map<String, ? extends OnnxTensorLike> inputs) {
            this.session = session;
            this.inputs = new LinkedHashMap<>(inputs);
        }

        @Override
        public void run() {
            try {
                if (result != null) {
                    result.close();
                }
                result = session.run(inputs);
            } catch (OrtException e) {
                throw failure(e);
            }
        }

        @Override
        public Map<String, FloatTensor> outputs() {
            Map<String, FloatTensor> outputs = new LinkedHashMap<>();
            for (Map.Entry<String, OnnxValue> entry : Objects.requireNonNull(result, "run() comes first")) {
                OnnxTensor tensor = (OnnxTensor) entry.getValue();
                FloatBuffer buffer = tensor.getFloatBuffer();
                float[] values = new float[buffer.remaining()];
                buffer.get(values);
                outputs.put(entry.getKey(), new FloatTensor(tensor.getInfo().getShape(), values));
            }
            return outputs;
        }
    }
}
