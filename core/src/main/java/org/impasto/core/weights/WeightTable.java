package org.impasto.core.weights;

import java.util.Map;

/** What a reader of one format found: where each tensor lies, in the file's order, and the plain values beside them. */
record WeightTable(
        String format, Map<String, StoredTensor> tensors, Map<String, String> metadata, Map<String, Object> values) {

    /** A name from a file, shortened and made printable for a message. */
    static String quote(String name) {
        String shown = name.length() <= 200 ? name : name.substring(0, 200) + "...";
        StringBuilder text = new StringBuilder("'");
        shown.codePoints().forEach(c -> text.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return text.append("'").toString();
    }
}
