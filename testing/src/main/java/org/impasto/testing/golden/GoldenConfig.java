package org.impasto.testing.golden;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a golden case: a JSON object. An option that is missing or of another kind is an error. */
public final class GoldenConfig {
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, @Nullable Object> members;

    private GoldenConfig(Map<String, @Nullable Object> members) {
        this.members = members;
    }

    /** Reads a JSON object. */
    public static GoldenConfig parse(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            Object value = value(parser);
            if (parser.nextToken() == null && value instanceof Map<?, ?> object) {
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

    private static @Nullable Object value(JsonParser parser) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT: {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, value(parser));
                }
                return object;
            }
            case START_ARRAY: {
                List<@Nullable Object> array = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                return array;
            }
            case VALUE_NUMBER_INT:
            case VALUE_NUMBER_FLOAT:
                return parser.getDoubleValue();
            case VALUE_TRUE:
                return true;
            case VALUE_FALSE:
                return false;
            case VALUE_NULL:
                return null;
            default:
                return parser.getText();
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
