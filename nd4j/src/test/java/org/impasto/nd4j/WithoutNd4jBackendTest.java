package org.impasto.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WithoutNd4jBackendTest {
    @Test
    void classesThatMentionArraysRunWithTheInterfacesAlone() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry ->
                        !Path.of(entry).getFileName().toString().matches("(nd4j-native|nd4j-presets|openblas).*"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                        "-cp",
                        classPath,
                        WithoutNd4jBackendMain.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines())
                .hasSize(4)
                .contains("[2.0, 4.0, 6.0]", "true")
                .satisfies(lines -> assertThat(lines.get(3))
                        .as("an array was asked for the second time")
                        .isEqualTo(lines.get(2))
                        .contains("no ND4J backend")
                        .contains("org.nd4j:nd4j-native"));
    }
}
