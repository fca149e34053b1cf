package org.impasto.core.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileFormatTest {
    /** Lengths whose first bytes are 80 02 to 80 05, as those of a pickle, and neighbours. */
    @ParameterizedTest
    @ValueSource(ints = {0x280, 0x380, 0x480, 0x580, 0x80, 0x27f})
    void aHeadersLengthIsNotTakenForAPickle(int length, @TempDir Path folder) throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        byte[] bytes = (header + " ".repeat(length - header.length())).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file = ByteBuffer.allocate(8 + length + 4).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(length).put(bytes).putFloat(2.5f);
        Path path = Files.write(folder.resolve("weights"), file.array());
        try (WeightFile weights = WeightFile.open(path)) {
            assertThat(weights.readFloats("a")).containsExactly(2.5f);
        }
    }
}
