package org.impasto.testing.golden;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a golden case: a JSON object. An option that is missing or of another kind is an error. */
public final class GoldenConfig {
    private final Map<String, @Nullable Object> members;

    private GoldenConfig(Map<String, @Nullable Object> members) {
        this.members = members;
    }

    /** Reads a JSON object. */
    public static GoldenConfig parse(String text) {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            Object value = value(reader);
            if (reader.peek() == JsonToken.END_DOCUMENT && value instanceof Map<?, ?> object) {
                return of(object);
            }
        } catch (IOException malformed) {
            throw new IllegalArgumentException("the config of a golden case is not JSON: " + text, malformed);
        }
        throw new IllegalArgumentException("the config of a golden case is not one JSON object: " + text);
    }

    private static GoldenConfig of(Map<?, ?> object) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        object.forEach((name, value) -> members.put((String) name, value));
        return new GoldenConfig(Collections.unmodifiableMap(members));
    }

    private static @Nullable Object value(JsonReader reader) throws IOException {
        switch (reader.peek()) {
            case BEGIN_OBJECT: {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                reader.beginObject();
                while (reader.hasNext()) {
                    String name = reader.nextName();
                    object.put(name, value(reader));
                }
                reader.endObject();
                return object;
            }
            case BEGIN_ARRAY: {
                List<@Nullable Object> array = new ArrayList<>();
                reader.beginArray();
                while (reader.hasNext()) {
                    array.add(value(reader));
                }
                reader.endArray();
                return array;
            }
            case NUMBER:
                return reader.nextDouble();
            case BOOLEAN:
                return reader.nextBoolean();
            case NULL:
                reader.nextNull();
                return null;
            default:
                return reader.nextString();
        }
    }

    /** Whether an option is there and is not null. */
    public boolean has(String name) {
        return members.get(name) != null;
    }

    /** Names of all options. */
    public Set<String> names() {
        return members.keySet();
    }

    /** A text. */
    public String text(String name) {
        return as(String.class, name);
    }

    /** A text, or another if it is not there. */
    public String text(String name, String absent) {
        return has(name) ? text(name) : absent;
    }

    /** A number. */
    public double number(String name) {
        return as(Double.class, name);
    }

    /** A number, or another if it is not there. */
    public double number(String name, double absent) {
        return has(name) ? number(name) : absent;
    }

    /** A whole number. */
    public int integer(String name) {
        return whole(name, as(Double.class, name));
    }

    /** A whole number, or another if it is not there. */
    public int integer(String name, int absent) {
        return has(name) ? integer(name) : absent;
    }

    /** True or false. */
    public boolean flag(String name) {
        return as(Boolean.class, name);
    }

    /** True or false, or another if it is not there. */
    public boolean flag(String name, boolean absent) {
        return has(name) ? flag(name) : absent;
    }

    /** Whole numbers. */
    public int[] integers(String name) {
        List<?> list = as(List.class, name);
        return list.stream().mapToInt(element -> whole(name, (Double) element)).toArray();
    }

    /** Whole numbers, or others if they are not there. */
    public int[] integers(String name, int... absent) {
        return has(name) ? integers(name) : absent;
    }

    /** Numbers. */
    public double[] numbers(String name) {
        List<?> list = as(List.class, name);
        return list.stream().mapToDouble(element -> (Double) element).toArray();
    }

    /** Rows of numbers, one after the other. */
    public double[] matrix(String name) {
        List<?> rows = as(List.class, name);
        return rows.stream()
                .flatMap(row -> ((List<?>) row).stream())
                .mapToDouble(element -> (Double) element)
                .toArray();
    }

    /** Texts. */
    public List<String> texts(String name) {
        List<?> list = as(List.class, name);
        return list.stream().map(String.class::cast).toList();
    }

    /** Options inside an option. */
    public GoldenConfig object(String name) {
        return of(as(Map.class, name));
    }

    /** Whether an option is of a kind: {@code String}, {@code Double}, {@code Boolean}, {@code List}, {@code Map}. */
    public boolean is(Class<?> kind, String name) {
        return kind.isInstance(members.get(name));
    }

    private <T> T as(Class<T> kind, String name) {
        Object value = members.get(name);
        if (!kind.isInstance(value)) {
            throw new IllegalArgumentException("option " + name + " of a golden case is " + value + ", expected a "
                    + kind.getSimpleName() + ", in " + members);
        }
        return kind.cast(value);
    }

    private static int whole(String name, double number) {
        if (number != (int) number) {
            throw new IllegalArgumentException("option " + name + " is " + number + ", expected a whole number");
        }
        return (int) number;
    }

    @Override
    public String toString() {
        return members.toString();
    }
}
