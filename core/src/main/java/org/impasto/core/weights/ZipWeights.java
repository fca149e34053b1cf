package org.impasto.core.weights;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.WeightException;
import org.jspecify.annotations.Nullable;

/** The two kinds of zip: PyTorch's since 1.6, with a pickle beside its storages, and {@code .npz}. */
final class ZipWeights {
    private ZipWeights() {}

    static WeightTable read(ByteSource source) {
        Map<String, ZipDirectory.Entry> entries = ZipDirectory.read(source);
        ZipDirectory.Entry pickle = pickle(entries);
        if (pickle != null) {
            return readPyTorch(source, entries, pickle);
        }
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (ZipDirectory.Entry entry : entries.values()) {
            if (!entry.name().endsWith(".npy")) {
                throw new WeightException(source.name() + ": a zip with the entry " + WeightTable.quote(entry.name())
                        + "; expected data.pkl (PyTorch) or entries *.npy alone");
            }
            String name = entry.name().substring(0, entry.name().length() - ".npy".length());
            tensors.put(name, Npy.read(source, name, entry.start(), entry.start() + entry.size()));
        }
        return new WeightTable("npz", tensors, Map.of(), Map.of());
    }

    /** The entry of a PyTorch file that holds the object; null if there is none. */
    static ZipDirectory.@Nullable Entry pickle(Map<String, ZipDirectory.Entry> entries) {
        List<ZipDirectory.Entry> found = entries.values().stream()
                .filter(entry -> entry.name().matches("[^/]+/data\\.pkl"))
                .limit(2)
                .toList();
        return found.size() == 1 ? found.get(0) : null;
    }

    private static WeightTable readPyTorch(
            ByteSource source, Map<String, ZipDirectory.Entry> entries, ZipDirectory.Entry pickle) {
        String file = source.name();
        String folder = pickle.name().substring(0, pickle.name().indexOf('/') + 1);
        ZipDirectory.Entry order = entries.get(folder + "byteorder");
        if (order != null) {
            String text = new ByteCursor(source, order.start(), order.start() + order.size())
                    .text(order.size(), 16, StandardCharsets.US_ASCII, "the byte order");
            if (!text.equals("little")) {
                throw new WeightException(file + ": byte order is " + WeightTable.quote(text)
                        + ", expected 'little'; save it again on a little-endian machine");
            }
        }
        Object root;
        try {
            ByteCursor cursor = new ByteCursor(source, pickle.start(), pickle.start() + pickle.size());
            root = new Unpickler(cursor, new LinkedHashMap<>()).load();
        } catch (Unpickler.RefusedGlobal refused) {
            throw LegacyPyTorch.refusal(source, refused);
        }
        return PickleTree.flatten(file, "PyTorch zip", root, (where, tensor) -> {
            Pickled.StorageReference storage = tensor.storage();
            ZipDirectory.Entry data = entries.get(folder + "data/" + storage.key());
            if (data == null) {
                throw new WeightException(
                        where + ": its storage " + WeightTable.quote(storage.key()) + " is not in the file");
            }
            int bytes = storage.type().bytes();
            if (storage.rootElements() > data.size() / bytes) {
                throw new WeightException(where + ": its storage " + WeightTable.quote(storage.key()) + " should have "
                        + storage.rootElements() + " elements of " + storage.type() + ", found " + data.size()
                        + " bytes");
            }
            return StoredTensor.strided(
                    source,
                    where,
                    storage.type(),
                    tensor.sizes(),
                    tensor.strides(),
                    tensor.offset(),
                    data.start() + storage.first() * bytes,
                    storage.elements());
        });
    }
}
