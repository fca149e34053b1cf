package org.impasto.kernels.internal.widths;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Sums over the lanes of a vector and transcendental functions of vectors give other bits when interpreted than when
 * compiled, so no kernel may use them.
 */
class DeterministicVectorsTest {
    private static final Pattern BANNED = Pattern.compile(
            "reduceLanes|VectorOperators\\.(SIN|COS|TAN|ASIN|ACOS|ATAN|ATAN2|SINH|COSH|TANH|EXP|EXPM1|LOG|LOG10|LOG1P|POW|CBRT|HYPOT)\\b"
                    + "|\\.pow\\((?!v, p)");

    @Test
    void noKernelUsesThem() throws IOException {
        Path sources = Path.of("src/main/java");
        List<Path> files;
        try (Stream<Path> found = Files.walk(sources)) {
            files = found.filter(file -> file.toString().endsWith(".java")).toList();
        }
        assertThat(files).hasSizeGreaterThan(10);
        for (Path file : files) {
            String text = Files.readString(file);
            if (text.contains("jdk.incubator.vector")) {
                assertThat(BANNED.matcher(text).find()).as("%s", file).isFalse();
            }
        }
    }

    @Test
    void theyWouldBeFound() {
        assertThat(BANNED.matcher("x.reduceLanes(VectorOperators.ADD)").find()).isTrue();
        assertThat(BANNED.matcher("x.lanewise(VectorOperators.EXP)").find()).isTrue();
        assertThat(BANNED.matcher("x.lanewise(VectorOperators.ASHR, 1)").find()).isFalse();
    }
}
