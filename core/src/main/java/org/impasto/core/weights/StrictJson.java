package org.impasto.core.weights;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.impasto.core.WeightException;

/** Reads JSON objects of a weight file; a name that is given twice and text after the object are errors. */
final class StrictJson {
    private final JsonReader reader;

    private StrictJson(JsonReader reader) {
        this.reader = reader;
    }

    /** What is done with a member's value; the reader stands before it. */
    interface Member {
        void read(String name, StrictJson value) throws IOException;
    }

    /** Reads a whole text as one object. */
    static void readObject(String text, String where, Member member) {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            new StrictJson(reader).object(member);
            if (!isAtEnd(reader)) {
                throw new IOException("text after the object");
            }
        } catch (IOException malformed) {
            throw new WeightException(where + ": " + reason(malformed), malformed);
        }
    }

    private static boolean isAtEnd(JsonReader reader) throws IOException {
        try {
            return reader.peek() == JsonToken.END_DOCUMENT;
        } catch (MalformedJsonException more) {
            return false;
        }
    }

    /** Reads the object at hand member by member. */
    void object(Member member) throws IOException {
        expect(JsonToken.BEGIN_OBJECT, "an object");
        reader.beginObject();
        Set<String> names = new HashSet<>();
        while (reader.hasNext()) {
            String name = reader.nextName();
            if (!names.add(name)) {
                throw new IOException("duplicate name \"" + name + "\"");
            }
            member.read(name, this);
        }
        reader.endObject();
    }

    String string() throws IOException {
        expect(JsonToken.STRING, "a string");
        return reader.nextString();
    }

    boolean isScalar() throws IOException {
        return switch (reader.peek()) {
            case STRING, NUMBER, BOOLEAN, NULL -> true;
            default -> false;
        };
    }

    /** A string, or a number, truth value or null as it is written. */
    String scalar() throws IOException {
        switch (reader.peek()) {
            case STRING, NUMBER:
                return reader.nextString();
            case BOOLEAN:
                return Boolean.toString(reader.nextBoolean());
            case NULL:
                reader.nextNull();
                return "null";
            default:
                throw new IOException("expected a string or a number, found " + name(reader.peek()));
        }
    }

    /** An array of whole numbers from 0 to 2^63-1. */
    long[] wholeNumbers(int limit) throws IOException {
        expect(JsonToken.BEGIN_ARRAY, "an array");
        reader.beginArray();
        long[] numbers = new long[Math.min(limit, 8)];
        int count = 0;
        while (reader.hasNext()) {
            expect(JsonToken.NUMBER, "a whole number");
            if (count == limit) {
                throw new IOException("expected at most " + limit + " numbers");
            }
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, Math.min(limit, 2 * count));
            }
            numbers[count++] = wholeNumber(reader.nextString());
        }
        reader.endArray();
        return Arrays.copyOf(numbers, count);
    }

    private static long wholeNumber(String text) throws IOException {
        long number;
        try {
            number = Long.parseLong(text); // refuses what the reader's own method rounds: 1.0 and 1e3
        } catch (NumberFormatException fractionOrTooLarge) {
            throw new IOException("expected a whole number below 2^63, found " + text, fractionOrTooLarge);
        }
        if (number < 0) {
            throw new IOException("expected 0 or more, found " + number);
        }
        return number;
    }

    void skip() throws IOException {
        reader.skipValue();
    }

    private void expect(JsonToken token, String what) throws IOException {
        if (reader.peek() != token) {
            throw new IOException("expected " + what + ", found " + name(reader.peek()));
        }
    }

    private static String name(JsonToken token) {
        return token.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The library's own messages end in its settings and a link, neither of which concerns a reader of weight files. */
    private static String reason(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof MalformedJsonException) {
            int place = message.indexOf(" at line ");
            int end = message.indexOf('\n');
            message = "malformed JSON" + (place < 0 ? "" : message.substring(place, end < 0 ? message.length() : end));
        } else if (failure instanceof EOFException) {
            message = "the JSON text ends early";
        }
        return WeightTable.quote(message).replaceAll("^'|'$", "");
    }
}
