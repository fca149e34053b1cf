package org.impasto.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Starts the processes of the sides and listens to them. */
final class Launcher {
    private static final long LIMIT_MINUTES = 15;
    private static final double LAYER_WARMUP = 2;
    private static final double LAYER_MEASURE = 1;
    /** Of work that is done for hours once it is begun, and calls so many kernels that they are compiled late. */
    private static final double TRAINING_WARMUP = 30;

    private static final String TRAINING_HEAP =
            "-Xmx600m"; // else a JVM takes more than it needs, and its peak says little

    /** How {@code bin/impasto} has its JVM compile, which the cold row is about. */
    private static final List<String> COMPILER_OPTIONS =
            List.of("-XX:Tier3DelayOn=1000", "-XX:Tier4MinInvocationThreshold=200", "-XX:Tier4CompileThreshold=3000");

    private final BenchmarkData data;
    private final Path peers;
    private final String python;
    private final Pace pace;

    /** How long a process warms up and measures, in seconds, and how many passes it times at least. */
    record Pace(int threads, double warmup, double measure, int least) {}

    Launcher(BenchmarkData data, Path peers, String python, Pace pace) {
        this.data = data;
        this.peers = peers;
        this.python = python;
        this.pace = pace;
    }

    /**
     * Runs the row once in a fresh process.
     *
     * @throws IOException if the process cannot start, fails, or measures nothing
     */
    Measurement run(Contender contender, Row row, boolean keepOutputs) throws IOException {
        if (row.work() instanceof Row.Cold) {
            return cold(contender, keepOutputs);
        }
        List<String> command = contender.side().equals("pytorch")
                ? torchCommand(contender, row, keepOutputs)
                : javaCommand(contender, row, keepOutputs);
        Measurement measurement = listen(command, contender);
        if (measurement.milliseconds().isEmpty() && Double.isNaN(measurement.rate("peak"))) {
            throw new IOException(contender.name() + " ended without a measurement of " + row.label());
        }
        return measurement;
    }

    private List<String> javaCommand(Contender contender, Row row, boolean keepOutputs) throws IOException {
        List<String> command = contender.javaCommand(release(contender));
        if (row.work() instanceof TrainStep) {
            command.add(TRAINING_HEAP);
        }
        if (contender.side().equals("nd4j")) {
            command.add("-Dorg.bytedeco.javacpp.platform.extension=" + nd4jExtension());
            command.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SideProcess.class.getName()));
        command.addAll(List.of("--side", contender.side(), "--name", contender.name()));
        command.addAll(paceOptions(row));
        if (keepOutputs) {
            command.add("--outputs");
        }
        return command;
    }

    /** JavaCPP's name of the ND4J build on the class path, such as "-onednn-avx2". */
    private static String nd4jExtension() {
        Matcher matcher = Pattern.compile("nd4j-native-[^/]*-(?:linux|macosx|windows)-[^-/]*(-[^/:;]*)\\.jar")
                .matcher(System.getProperty("java.class.path"));
        return matcher.find() ? matcher.group(1) : "";
    }

    private List<String> torchCommand(Contender contender, Row row, boolean keepOutputs) {
        List<String> command =
                new ArrayList<>(List.of(python, peers.resolve("torch_peer.py").toString()));
        command.addAll(paceOptions(row));
        if (row.work() instanceof Row.Features features) {
            command.addAll(List.of("--kind", "features", "--options", String.join(",", features.outputs())));
        } else if (row.work() instanceof ConvolutionLayer layer) {
            command.addAll(List.of("--kind", "convolution", "--options", layer.torchOptions()));
        } else if (row.work() instanceof ConvolutionGradient gradient) {
            command.addAll(List.of("--kind", gradient.ofWeights() ? "weight-gradient" : "data-gradient"));
        } else if (row.work() instanceof GlowPass pass) {
            String kind = pass.training() ? "glow-train" : "glow";
            command.addAll(List.of("--kind", kind, "--options", pass.torchOptions()));
        } else if (row.work() instanceof TrainStep) {
            command.addAll(List.of("--kind", "train-step", "--options", String.join(",", TrainStep.TAPS)));
        } else if (row.work() instanceof Row.Streamed streamed) {
            command.addAll(List.of("--kind", streamed.operation().label()));
        } else {
            String kind =
                    row.work() instanceof Row.Adain ? "adain" : row.work() instanceof Row.Gram ? "gram" : "matmul";
            command.addAll(List.of("--kind", kind));
        }
        if (keepOutputs) {
            command.addAll(
                    List.of("--outputs", data.outputs(row, contender.name()).toString()));
        }
        return command;
    }

    private List<String> paceOptions(Row row) {
        // A single operation is short, and there are many of them.
        boolean layer = row.work() instanceof ConvolutionLayer
                || row.work() instanceof ConvolutionGradient
                || row.work() instanceof Row.Streamed;
        boolean network = row.work() instanceof TrainStep || row.work() instanceof GlowPass;
        double warmup = layer ? Math.min(pace.warmup(), LAYER_WARMUP) : network ? TRAINING_WARMUP : pace.warmup();
        double measure = layer ? Math.min(pace.measure(), LAYER_MEASURE) : pace.measure();
        return List.of(
                "--row", row.label(),
                "--data", data.folder().toString(),
                "--threads", Integer.toString(pace.threads()),
                "--warmup", Double.toString(warmup),
                "--measure", Double.toString(measure),
                "--least", Integer.toString(pace.least()));
    }

    private Measurement cold(Contender contender, boolean keepOutputs) throws IOException {
        List<String> command = contender.javaCommand(release(contender));
        if (contender.ours()) {
            command.addAll(COMPILER_OPTIONS);
        }
        command.addAll(List.of("-cp", coldClassPath(contender), ColdStart.class.getName()));
        command.addAll(List.of(contender.side(), data.folder().toString(), Integer.toString(pace.threads())));
        if (keepOutputs) {
            command.add(contender.name());
        }
        Measurement measurement = listen(command, contender);
        if (measurement.milliseconds().isEmpty()) {
            throw new IOException(contender.name() + " never had the features of " + Row.COLD.label());
        }
        return measurement;
    }

    /** Each side's own jars alone, as an application would have them. */
    private static String coldClassPath(Contender contender) {
        String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
        return Arrays.stream(entries)
                .filter(entry -> contender.ours()
                        ? !entry.matches(".*(onnxruntime|nd4j|bytedeco|picocli).*\\.jar")
                        : entry.endsWith("benchmarks/target/classes") || entry.matches(".*onnxruntime.*\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Measurement listen(List<String> command, Contender contender) throws IOException {
        Path errors = Files.createTempFile("benchmark", ".log");
        Measurement measurement = new Measurement();
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(pace.threads()));
        builder.environment().put("OPENBLAS_NUM_THREADS", Integer.toString(pace.threads()));
        long start = System.nanoTime();
        Process process = builder.start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            process.getOutputStream().close();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split("\t", -1);
                if (parts.length == 3 && parts[0].equals(SideProcess.MARK)) {
                    if (parts[1].equals("ready")) {
                        measurement.add("ms", Double.toString((System.nanoTime() - start) / 1e6));
                    } else {
                        measurement.add(parts[1], parts[2]);
                    }
                }
            }
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(contender.name() + " failed: " + lastLines(errors));
            }
            return measurement;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while " + contender.name() + " ran", e);
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(errors);
        }
    }

    private static String lastLines(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8).strip();
        return text.length() <= 2000 ? text : "... " + text.substring(text.length() - 2000);
    }

    private static int release(Contender contender) {
        Path home = contender.java();
        return home == null ? 0 : release(home);
    }

    /** The feature version of the JDK in the folder, from its {@code release} file. */
    static int release(Path javaHome) {
        Properties properties = new Properties();
        try (BufferedReader reader = Files.newBufferedReader(javaHome.resolve("release"))) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    javaHome + " is not a JDK's folder: it has no readable file 'release'", e);
        }
        String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
        return Runtime.Version.parse(version).feature();
    }
}
