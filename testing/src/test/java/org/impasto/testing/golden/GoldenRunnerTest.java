package org.impasto.testing.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.impasto.core.Tensor;
import org.impasto.testing.ReferenceBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenRunnerTest {
    @TempDir
    Path folder;

    /** The case y = 2 x of x = (1, -3) with the cotangent (1, 10); the peer is wrong by 1e-6. */
    private void write(String name, String op, double second) throws IOException {
        String metadata = "\"config\":\"{\\\"op\\\":\\\"" + op + "\\\"}\",\"what\":\"y = 2 x\","
                + "\"peer_f32_max_abs_err\":\"1e-06\",\"peer_f32_max_abs_err_grad\":\"1e-06\","
                + "\"peer_f32_errs\":\"{\\\"out.y\\\": 1e-06}\",\"peer_f32_rel_l2\":\"{\\\"grad.x\\\": 1e-07}\"";
        String[] tensors = {"in.x", "in.cotangent", "out.y", "grad.x"};
        StringBuilder header = new StringBuilder("{\"__metadata__\":{" + metadata + "}");
        for (int i = 0; i < tensors.length; i++) {
            header.append(",\"" + tensors[i] + "\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" + 8 * i + ","
                    + (8 * i + 8) + "]}");
        }
        byte[] text = header.append("}").toString().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + 32).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        for (double value : new double[] {1, -3, 1, 10, 2, second, 2, 20}) {
            file.putFloat((float) value);
        }
        Files.write(folder.resolve(name + ".safetensors"), file.array());
    }

    private GoldenReport run(GoldenOperation operation) {
        return new GoldenRunner().register("double", operation).run(folder, new ReferenceBackend());
    }

    private static Tensor x(Map<String, Tensor> operands) {
        return operands.get("in.x");
    }

    @Test
    void countsCasesAndListsOpsThatNobodyRegistered() throws IOException {
        write("a", "double", -6);
        write("b", "double", -6);
        write("c", "triple", -6);
        GoldenReport report = run(GoldenOperation.of((golden, in) -> Map.of("y", x(in).affine(2, 0))));
        assertThat(report.failures()).isEmpty();
        assertThat(report.casesByOp()).isEqualTo(Map.of("double", 2));
        assertThat(report.unknownOps()).isEqualTo(Map.of("triple", 1));
        assertThat(report.toString()).contains("ran 2 cases, 4 tensors").contains("triple");
    }

    @Test
    void measuresAgainstThePeersError() throws IOException {
        write("a", "double", -6.000003);
        GoldenReport report = run(GoldenOperation.of((golden, in) -> Map.of("y", x(in).affine(2, 0))));
        assertThat(report.failures()).isEmpty();
        assertThat(report.worstRatio()).isBetween(2.5, 3.5);
        write("a", "double", -6.00001);
        report = run(GoldenOperation.of((golden, in) -> Map.of("y", x(in).affine(2, 0))));
        assertThat(report.failures()).singleElement().asString().contains("a: out.y: error");
        GoldenReport exact = new GoldenRunner()
                .register("double", GoldenOperation.of((golden, in) -> Map.of("y", x(in).affine(2, 0))))
                .withPeerFactor(0)
                .run(folder, new ReferenceBackend());
        assertThat(exact.failures()).hasSize(1);
    }

    @Test
    void aWrongGradientFails() throws IOException {
        write("a", "double", -6);
        GoldenReport report = run(GoldenOperation.of(
                (golden, in) -> Map.of("y", x(in).affine(1, 0).add(x(in).detach()))));
        assertThat(report.failures()).singleElement().asString().contains("grad.x");
    }

    @Test
    void nothingIsLeftOutInSilence() throws IOException {
        write("a", "double", -6);
        assertThat(run((golden, backend) -> Map.of()).failures())
                .containsExactly("a: out.y was not computed", "a: grad.x was not computed");
        assertThat(run((golden, backend) ->
                                Map.of("out.y", golden.tensor(backend, "in.x").reshape(1, 2)))
                        .failures()
                        .get(0))
                .contains("has shape 1x2, expected 2");
        assertThat(run((golden, backend) -> {
                            throw new IllegalStateException("broken");
                        })
                        .failures())
                .singleElement()
                .asString()
                .contains("a.safetensors: ")
                .contains("broken");
        GoldenReport report =
                run(GoldenOperation.withoutGradients((golden, in) -> Map.of("y", x(in).affine(2, 0), "z", x(in))));
        assertThat(report.failures()).containsExactly("a: out.z was computed, but is not in the file");
        assertThat(report.toString()).contains("not covered yet: double grad.x of 1 cases");
        Files.write(folder.resolve("b.safetensors"), new byte[] {1, 2, 3});
        assertThat(run(GoldenOperation.of((golden, in) -> Map.of("y", x(in).affine(2, 0))))
                        .failures())
                .singleElement()
                .asString()
                .contains("b.safetensors");
    }

    @Test
    void nanIsFarFromEverything() throws IOException {
        write("a", "double", -6);
        GoldenReport report = run(GoldenOperation.of((golden, in) -> Map.of("y", x(in).log())));
        assertThat(report.failures()).hasSize(2);
    }

    @Test
    void optionsAreTyped() {
        GoldenConfig config = GoldenConfig.parse(
                "{\"op\": \"a\", \"n\": 3, \"eps\": 1e-5, \"on\": true, \"list\": [1, 2], \"none\": null, \"in\": {\"k\": 2}}");
        assertThat(config.text("op")).isEqualTo("a");
        assertThat(config.integer("n")).isEqualTo(3);
        assertThat(config.number("eps")).isEqualTo(1e-5);
        assertThat(config.flag("on")).isTrue();
        assertThat(config.integers("list")).containsExactly(1, 2);
        assertThat(config.has("none")).isFalse();
        assertThat(config.object("in").integer("k")).isEqualTo(2);
        assertThat(config.integer("missing", 7)).isEqualTo(7);
        assertThatThrownBy(() -> config.integer("eps")).hasMessageContaining("whole number");
        assertThatThrownBy(() -> config.integer("op"))
                .hasMessageContaining("op")
                .hasMessageContaining("Double");
        assertThatThrownBy(() -> GoldenConfig.parse("[1]")).hasMessageContaining("object");
    }
}
