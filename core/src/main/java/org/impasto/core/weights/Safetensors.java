package org.impasto.core.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.ElementType;
import org.impasto.core.Spec;
import org.impasto.core.WeightException;
import org.jspecify.annotations.Nullable;

/**
 * The safetensors format: a little-endian u64 header length, a JSON header, and the tensors' bytes without gap. See
 * <a href="https://github.com/huggingface/safetensors#format">its description</a>.
 */
final class Safetensors {
    static final long MAX_HEADER = 100_000_000;
    static final String METADATA = "__metadata__";

    private static final Map<String, ElementType> TYPES = Map.ofEntries(
            Map.entry("F64", ElementType.FLOAT64),
            Map.entry("F32", ElementType.FLOAT32),
            Map.entry("F16", ElementType.FLOAT16),
            Map.entry("BF16", ElementType.BFLOAT16),
            Map.entry("I64", ElementType.INT64),
            Map.entry("I32", ElementType.INT32),
            Map.entry("I16", ElementType.INT16),
            Map.entry("I8", ElementType.INT8),
            Map.entry("U64", ElementType.UINT64),
            Map.entry("U32", ElementType.UINT32),
            Map.entry("U16", ElementType.UINT16),
            Map.entry("U8", ElementType.UINT8),
            Map.entry("BOOL", ElementType.BOOL));

    private record Entry(String name, Spec spec, long begin, long end) {}

    private Safetensors() {}

    static String code(ElementType type) {
        return TYPES.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    static WeightTable read(ByteSource source) {
        ByteCursor cursor = new ByteCursor(source, 0, source.size());
        if (source.size() < 8) {
            throw new WeightException(
                    source.name() + ": a safetensors file has at least 8 bytes, found " + source.size());
        }
        String header = cursor.text(cursor.int64(), MAX_HEADER, StandardCharsets.UTF_8, "the safetensors header");
        if (!header.startsWith("{")) {
            throw new WeightException(source.name() + ": the safetensors header does not begin with {");
        }
        List<Entry> entries = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        StrictJson.readObject(header, source.name() + ": safetensors header", (name, value) -> {
            if (name.equals(METADATA)) {
                value.object((key, text) -> metadata.put(key, text.string()));
            } else {
                entries.add(entry(source, name, value));
            }
        });
        checkLayout(source, entries, cursor.position());
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Entry entry : entries) {
            tensors.put(entry.name, StoredTensor.rowMajor(source, entry.spec, cursor.position() + entry.begin));
        }
        return new WeightTable("safetensors", tensors, metadata, Map.of());
    }

    private static final class Fields {
        @Nullable
        String type;

        long @Nullable [] sizes;
        long @Nullable [] span;
    }

    private static Entry entry(ByteSource source, String name, StrictJson value) throws IOException {
        String where = source.name() + ", tensor " + WeightTable.quote(name);
        Fields fields = new Fields();
        value.object((field, content) -> {
            switch (field) {
                case "dtype" -> fields.type = content.string();
                case "shape" -> fields.sizes = content.wholeNumbers(StoredTensor.MAX_RANK);
                case "data_offsets" -> fields.span = content.wholeNumbers(2);
                default -> content.skip();
            }
        });
        if (fields.type == null || fields.sizes == null || fields.span == null || fields.span.length != 2) {
            throw new WeightException(where + ": expected dtype, shape and two data_offsets");
        }
        ElementType type = TYPES.get(fields.type);
        if (type == null) {
            throw new WeightException(where + ": element type " + WeightTable.quote(fields.type)
                    + " is not supported, expected one of " + new java.util.TreeSet<>(TYPES.keySet()));
        }
        Spec spec = StoredTensor.spec(where, type, fields.sizes);
        long begin = fields.span[0];
        long end = fields.span[1];
        if (end < begin) {
            throw new WeightException(where + ": ends at byte " + end + " before it begins at " + begin);
        }
        if (end - begin != spec.shape().elements() * type.bytes()) {
            throw new WeightException(
                    where + ": " + spec + " needs " + spec.shape().elements() * type.bytes()
                            + " bytes, found data_offsets [" + begin + ", " + end + "]");
        }
        return new Entry(name, spec, begin, end);
    }

    private static void checkLayout(ByteSource source, List<Entry> entries, long dataStart) {
        List<Entry> sorted = new ArrayList<>(entries);
        Collections.sort(sorted, Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long end = 0;
        for (Entry entry : sorted) {
            if (entry.begin != end) {
                throw new WeightException(source.name() + ", tensor " + WeightTable.quote(entry.name)
                        + ": begins at byte " + entry.begin + " of the data, expected " + end
                        + ", where the tensor before"
                        + " it ends (" + (entry.begin < end ? "they overlap)" : "there is a gap)"));
            }
            end = entry.end;
        }
        if (source.size() - dataStart != end) {
            throw new WeightException(source.name() + ": the tensors take " + end + " bytes, found "
                    + (source.size() - dataStart) + " bytes after the header");
        }
    }
}
