package org.impasto.core.weights;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.impasto.core.ElementType;
import org.impasto.core.Spec;
import org.impasto.core.WeightException;

/**
 * NumPy's {@code .npy}, versions 1 to 3: a header in Python's notation, then the elements. See
 * <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">its description</a>.
 */
final class Npy {
    private static final int MAX_HEADER = 65_535;

    private static final Map<String, ElementType> TYPES = Map.ofEntries(
            Map.entry("<f8", ElementType.FLOAT64),
            Map.entry("<f4", ElementType.FLOAT32),
            Map.entry("<f2", ElementType.FLOAT16),
            Map.entry("<i8", ElementType.INT64),
            Map.entry("<i4", ElementType.INT32),
            Map.entry("<i2", ElementType.INT16),
            Map.entry("|i1", ElementType.INT8),
            Map.entry("<u8", ElementType.UINT64),
            Map.entry("<u4", ElementType.UINT32),
            Map.entry("<u2", ElementType.UINT16),
            Map.entry("|u1", ElementType.UINT8),
            Map.entry("|b1", ElementType.BOOL));

    private static final Pattern MEMBER =
            Pattern.compile("\\s*'(\\w+)'\\s*:\\s*('[^']*'|True|False|\\([^()]*\\))\\s*(,|(?=\\}))");

    private Npy() {}

    static WeightTable read(ByteSource source) {
        StoredTensor tensor = read(source, WeightFile.ONLY_TENSOR, 0, source.size());
        return new WeightTable("npy", Map.of(WeightFile.ONLY_TENSOR, tensor), Map.of(), Map.of());
    }

    /** The array that fills a stretch of a source. */
    static StoredTensor read(ByteSource source, String name, long start, long end) {
        String where = source.name() + ", tensor " + WeightTable.quote(name);
        ByteCursor cursor = new ByteCursor(source, start, end);
        String magic = cursor.text(6, 6, StandardCharsets.ISO_8859_1, "the npy magic");
        int major = cursor.unsignedByte();
        cursor.skip(1, "the npy version");
        if (!magic.equals("\u0093NUMPY") || major < 1 || major > 3) {
            throw new WeightException(where + ": expected an npy array of version 1 to 3");
        }
        long length = major == 1 ? cursor.unsignedShort() : cursor.unsignedInt();
        Charset charset = major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        String header =
                cursor.text(length, MAX_HEADER, charset, "the npy header").strip();
        return parse(source, where, header, cursor.position(), end);
    }

    private static StoredTensor parse(ByteSource source, String where, String header, long data, long end) {
        Map<String, String> members = new java.util.HashMap<>();
        Matcher matcher = MEMBER.matcher(header);
        int at = 1;
        boolean valid = header.length() >= 2 && header.startsWith("{") && header.endsWith("}");
        while (valid
                && members.size() <= 3
                && !header.substring(at, header.length() - 1).isBlank()) {
            valid = matcher.region(at, header.length()).lookingAt()
                    && members.putIfAbsent(matcher.group(1), matcher.group(2)) == null;
            at = valid ? matcher.end() : at;
        }
        String descr = members.getOrDefault("descr", "");
        String fortran = members.getOrDefault("fortran_order", "");
        String shape = members.getOrDefault("shape", "");
        if (!valid
                || members.size() != 3
                || !descr.startsWith("'")
                || !fortran.matches("True|False")
                || !shape.startsWith("(")) {
            throw new WeightException(where + ": expected an npy header with descr, fortran_order and shape of a plain"
                    + " array, found " + WeightTable.quote(header));
        }
        ElementType type = TYPES.get(descr.substring(1, descr.length() - 1));
        if (type == null) {
            throw new WeightException(where + ": element type " + WeightTable.quote(descr)
                    + " is not supported, expected one of " + new java.util.TreeSet<>(TYPES.keySet())
                    + "; convert with .astype(...)");
        }
        Spec spec = StoredTensor.spec(where, type, sizes(where, shape));
        long bytes = spec.shape().elements() * type.bytes();
        if (end - data != bytes) {
            throw new WeightException(where + ": " + spec + " needs " + bytes + " bytes, found " + (end - data));
        }
        long[] sizes = spec.shape().toArray();
        long[] strides = new long[sizes.length];
        long step = 1;
        boolean columns = fortran.equals("True");
        for (int i = 0; i < sizes.length; i++) {
            int axis = columns ? i : sizes.length - 1 - i;
            strides[axis] = step;
            // An empty array's strides are never used; its sizes may overflow.
            step *= sizes[axis];
        }
        long elements = spec.shape().elements();
        return elements == 0
                ? StoredTensor.rowMajor(source, spec, data)
                : StoredTensor.strided(source, where, type, sizes, strides, 0, data, elements);
    }

    private static long[] sizes(String where, String tuple) {
        String inside = tuple.substring(1, tuple.length() - 1).strip();
        if (inside.isEmpty()) {
            return new long[0];
        }
        String[] parts = (inside.endsWith(",") ? inside.substring(0, inside.length() - 1) : inside).split(",", -1);
        if (parts.length > StoredTensor.MAX_RANK) {
            throw new WeightException(where + ": " + parts.length + " axes, expected at most " + StoredTensor.MAX_RANK);
        }
        long[] sizes = new long[parts.length];
        for (int i = 0; i < parts.length; i++) {
            // Python 2 wrote long integers with an L.
            String number = parts[i].strip().replaceAll("(?<=\\d)L$", "");
            if (!number.matches("[0-9]{1,18}")) {
                throw new WeightException(
                        where + ": shape " + WeightTable.quote(tuple) + " is no tuple of whole numbers");
            }
            sizes[i] = Long.parseLong(number);
        }
        return sizes;
    }
}
