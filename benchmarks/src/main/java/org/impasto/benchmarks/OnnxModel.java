package org.impasto.benchmarks;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.impasto.benchmarks.FloatTensors.FloatTensor;

/**
 * Writes an ONNX model, node by node: the few fields of the format that a network of known shapes needs. Each method
 * that adds a node gives back the name of its output. Field numbers are those of the format's {@code onnx.proto}.
 */
final class OnnxModel {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private final Message graph = new Message();
    private final Set<String> constants = new HashSet<>();
    private int count;

    /** An option of a node. */
    record Attribute(String name, Message value) {
        static Attribute integers(String name, long... values) {
            Message message = new Message();
            for (long value : values) {
                message.integer(8, value);
            }
            return new Attribute(name, message.integer(20, 7));
        }

        static Attribute integer(String name, long value) {
            return new Attribute(name, new Message().integer(3, value).integer(20, 2));
        }

        static Attribute real(String name, float value) {
            return new Attribute(name, new Message().real(2, value).integer(20, 1));
        }

        static Attribute text(String name, String value) {
            return new Attribute(name, new Message().text(4, value).integer(20, 3));
        }
    }

    String input(String name, long... shape) {
        graph.message(11, valueInfo(name, shape));
        return name;
    }

    /** Declares the value as an output of the model under that name. */
    void output(String value, String name, long... shape) {
        graph.message(1, new Message().text(1, value).text(2, name).text(4, "Identity"));
        graph.message(12, valueInfo(name, shape));
    }

    String constant(String name, FloatTensor tensor) {
        return constant(
                name, FLOAT, tensor.shape(), FloatTensors.bytes(tensor.values()).array());
    }

    String constant(String name, float... values) {
        return constant(name, FloatTensor.of(values, values.length));
    }

    String constant(String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return constant(name, INT64, new long[] {values.length}, bytes.array());
    }

    private String constant(String name, int type, long[] shape, byte[] raw) {
        if (constants.add(name)) {
            Message tensor = new Message();
            for (long size : shape) {
                tensor.integer(1, size);
            }
            graph.message(5, tensor.integer(2, type).text(8, name).bytes(9, raw));
        }
        return name;
    }

    String node(String operation, List<String> operands, Attribute... attributes) {
        String result = operation + "_" + count++;
        Message node = new Message();
        operands.forEach(operand -> node.text(1, operand));
        node.text(2, result).text(3, result).text(4, operation);
        for (Attribute attribute : attributes) {
            node.message(5, new Message().text(1, attribute.name()).append(attribute.value()));
        }
        graph.message(1, node);
        return result;
    }

    /** A square convolution of stride 1 with bias. */
    String convolution(String x, String weight, String bias, int kernel, int zeroPadding) {
        int p = zeroPadding;
        return node(
                "Conv",
                List.of(x, weight, bias),
                Attribute.integers("kernel_shape", kernel, kernel),
                Attribute.integers("pads", p, p, p, p));
    }

    String convolution(String x, String weight, String bias, ConvolutionLayer layer) {
        int k = layer.kernel();
        int p = layer.padding();
        int s = layer.stride();
        List<Attribute> attributes = new ArrayList<>(List.of(
                Attribute.integers("kernel_shape", k, k),
                Attribute.integers("pads", p, p, p, p),
                Attribute.integers("strides", s, s),
                Attribute.integer("group", layer.groups())));
        if (layer.transposed()) {
            attributes.add(Attribute.integers("output_padding", s - 1, s - 1));
        }
        return node(
                layer.transposed() ? "ConvTranspose" : "Conv",
                List.of(x, weight, bias),
                attributes.toArray(new Attribute[0]));
    }

    String relu(String x) {
        return node("Relu", List.of(x));
    }

    String maxPool(String x) {
        return node(
                "MaxPool", List.of(x), Attribute.integers("kernel_shape", 2, 2), Attribute.integers("strides", 2, 2));
    }

    /** One mirrored pixel on each side of both picture axes. */
    String padReflect(String x) {
        String sizes = constant("pads", 0L, 0L, 1L, 1L, 0L, 0L, 1L, 1L);
        return node("Pad", List.of(x, sizes), Attribute.text("mode", "reflect"));
    }

    String upsampleNearest(String x) {
        String scales = constant("scales", 1f, 1f, 2f, 2f);
        return node(
                "Resize",
                List.of(x, "", scales),
                Attribute.text("mode", "nearest"),
                Attribute.text("coordinate_transformation_mode", "asymmetric"),
                Attribute.text("nearest_mode", "floor"));
    }

    /** With half-pixel centres. */
    String upsampleBilinear(String x) {
        String scales = constant("scales", 1f, 1f, 2f, 2f);
        return node(
                "Resize",
                List.of(x, "", scales),
                Attribute.text("mode", "linear"),
                Attribute.text("coordinate_transformation_mode", "half_pixel"));
    }

    /** The mean over both picture axes, which are kept with size 1. */
    String spatialMean(String x) {
        return node("ReduceMean", List.of(x), Attribute.integers("axes", 2, 3), Attribute.integer("keepdims", 1));
    }

    byte[] bytes(String name) {
        return new Message()
                .integer(1, IR_VERSION)
                .text(2, "impasto-benchmarks")
                .message(7, new Message().text(2, name).append(graph))
                .message(8, new Message().integer(2, OPSET))
                .bytes();
    }

    private static Message valueInfo(String name, long... shape) {
        Message sizes = new Message();
        for (long size : shape) {
            sizes.message(1, new Message().integer(1, size));
        }
        Message tensorType = new Message().integer(1, FLOAT).message(2, sizes);
        return new Message().text(1, name).message(2, new Message().message(1, tensorType));
    }

    /** A protobuf message under construction: numbered fields, appended in order. */
    static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message integer(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Message real(int field, float value) {
            varint((long) field << 3 | 5);
            byte[] bits = ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(value)
                    .array();
            out.writeBytes(bits);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.bytes());
        }

        Message bytes(int field, byte[] value) {
            varint((long) field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        Message append(Message fields) {
            out.writeBytes(fields.bytes());
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
