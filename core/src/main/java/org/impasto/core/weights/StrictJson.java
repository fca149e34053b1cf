package org.impasto.core.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import org.impasto.core.WeightException;

/** Reads JSON objects of a weight file; a name that is given twice and text after the object are errors. */
final class StrictJson {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names come from the file: none is put into a table that the whole process shares.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final JsonParser parser;

    private StrictJson(JsonParser parser) {
        this.parser = parser;
    }

    /** What is done with a member's value; the parser stands on its first token. */
    interface Member {
        void read(String name, StrictJson value) throws IOException;
    }

    /** Reads a whole text as one object. */
    static void readObject(String text, String where, Member member) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            StrictJson json = new StrictJson(parser);
            parser.nextToken();
            json.object(member);
            if (parser.nextToken() != null) {
                throw new IOException("text after the object");
            }
        } catch (IOException malformed) {
            throw new WeightException(where + ": " + reason(malformed), malformed);
        }
    }

    /** Reads the object at hand member by member. */
    void object(Member member) throws IOException {
        expect(JsonToken.START_OBJECT, "an object");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            member.read(name, this);
        }
    }

    String string() throws IOException {
        expect(JsonToken.VALUE_STRING, "a string");
        return parser.getText();
    }

    boolean isScalar() {
        return parser.currentToken().isScalarValue();
    }

    /** A string, or a number, truth value or null as it is written. */
    String scalar() throws IOException {
        return parser.getText();
    }

    /** An array of whole numbers from 0 to 2^63-1. */
    long[] wholeNumbers(int limit) throws IOException {
        expect(JsonToken.START_ARRAY, "an array");
        long[] numbers = new long[Math.min(limit, 8)];
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
            if (count == limit) {
                throw new IOException("expected at most " + limit + " numbers");
            }
            if (count == numbers.length) {
                numbers = java.util.Arrays.copyOf(numbers, Math.min(limit, 2 * count));
            }
            numbers[count] = parser.getLongValue();
            if (numbers[count] < 0) {
                throw new IOException("expected 0 or more, found " + numbers[count]);
            }
            count++;
        }
        return java.util.Arrays.copyOf(numbers, count);
    }

    void skip() throws IOException {
        parser.skipChildren();
    }

    private void expect(JsonToken token, String what) throws IOException {
        if (parser.currentToken() != token) {
            throw new IOException("expected " + what + ", found " + parser.currentToken());
        }
    }

    private static String reason(IOException failure) {
        String message = failure instanceof com.fasterxml.jackson.core.JsonProcessingException json
                ? json.getOriginalMessage()
                : failure.getMessage();
        return WeightTable.quote(String.valueOf(message)).replaceAll("^'|'$", "");
    }
}
