package org.impasto.core.weights;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.impasto.core.WeightException;

/**
 * PyTorch files from before version 1.6: five pickles (a magic number, the protocol, the writer's machine, the object,
 * the keys of its storages), then each storage as an int64 count and its elements.
 */
final class LegacyPyTorch {
    static final int PICKLES = 5;

    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final Long PROTOCOL = 1001L;

    private LegacyPyTorch() {}

    static WeightTable read(ByteSource source) {
        String file = source.name();
        ByteCursor cursor = new ByteCursor(source, 0, source.size());
        Map<String, Pickled.StorageReference> storages = new LinkedHashMap<>();
        Object root;
        Object keys;
        try {
            if (!MAGIC.equals(new Unpickler(cursor, new HashMap<>()).load())) {
                throw new WeightException(
                        file + ": a pickle without PyTorch's magic number; expected a file that" + " torch.save wrote");
            }
            Object protocol = new Unpickler(cursor, new HashMap<>()).load();
            if (!PROTOCOL.equals(protocol)) {
                throw new WeightException(file + ": protocol is not " + PROTOCOL + " of PyTorch's older files");
            }
            Object machine = new Unpickler(cursor, new HashMap<>()).load();
            if (!(machine instanceof Pickled.Dictionary system)
                    || !Boolean.TRUE.equals(system.items().get("little_endian"))) {
                throw new WeightException(file + ": was not saved on a little-endian machine; save it again on one");
            }
            root = new Unpickler(cursor, storages).load();
            keys = new Unpickler(cursor, new HashMap<>()).load();
        } catch (Unpickler.RefusedGlobal refused) {
            throw refusal(source, refused);
        }
        Map<String, Long> starts = storageStarts(source, cursor, keys, storages);
        return PickleTree.flatten(file, "PyTorch before 1.6", root, (where, tensor) -> {
            Pickled.StorageReference storage = tensor.storage();
            Long start = starts.get(storage.key());
            if (start == null) {
                throw new WeightException(
                        where + ": its storage " + WeightTable.quote(storage.key()) + " is not in the file");
            }
            return StoredTensor.strided(
                    source,
                    where,
                    storage.type(),
                    tensor.sizes(),
                    tensor.strides(),
                    tensor.offset(),
                    start + storage.first() * storage.type().bytes(),
                    storage.elements());
        });
    }

    static WeightException refusal(ByteSource source, Unpickler.RefusedGlobal refused) {
        String others;
        try {
            others = "; in all it asks for " + PickleGlobals.list(source).refused();
        } catch (WeightException unreadable) {
            others = "";
        }
        return new WeightException(
                source.name() + ": asks for the Python name "
                        + WeightTable.quote(refused.name()) + ", which is no tensor or container, so it is refused"
                        + (others.length() > 1000 ? others.substring(0, 1000) + "..." : others)
                        + ". Save the state_dict alone",
                refused);
    }

    private static Map<String, Long> storageStarts(
            ByteSource source, ByteCursor cursor, Object keys, Map<String, Pickled.StorageReference> storages) {
        if (!(keys instanceof Pickled.Sequence list)) {
            throw new WeightException(source.name() + ": expected a list of storages, found " + Pickled.describe(keys));
        }
        Map<String, Long> starts = new HashMap<>();
        for (Object key : list.items()) {
            Pickled.StorageReference storage = key instanceof String text ? storages.get(text) : null;
            if (storage == null) {
                throw new WeightException(source.name() + ": lists a storage that no tensor refers to");
            }
            String where = "storage " + WeightTable.quote(storage.key());
            long elements = cursor.int64();
            if (elements != storage.rootElements()) {
                throw cursor.error(where + " has " + elements + " elements, expected " + storage.rootElements());
            }
            if (elements > cursor.remaining() / storage.type().bytes()) {
                throw cursor.error(where + " of " + elements + " elements of " + storage.type()
                        + " reaches beyond the file, " + cursor.remaining() + " bytes are left");
            }
            if (starts.putIfAbsent(storage.key(), cursor.position()) != null) {
                throw cursor.error(where + " is listed twice");
            }
            cursor.skip(elements * storage.type().bytes(), where);
        }
        if (cursor.remaining() != 0) {
            throw cursor.error("expected the end after the last storage, found " + cursor.remaining() + " more bytes");
        }
        return starts;
    }
}
