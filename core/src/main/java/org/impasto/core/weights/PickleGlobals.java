package org.impasto.core.weights;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.impasto.core.ElementType;
import org.impasto.core.WeightException;
import org.jspecify.annotations.Nullable;

/**
 * The Python names that a PyTorch file asks for, as {@code module.name}, found without building anything. Names beyond
 * those of tensors and containers make {@link WeightFile#open} refuse the file.
 *
 * @param allowed names that stand for tensors and containers
 * @param refused all other names
 */
public record PickleGlobals(List<String> allowed, List<String> refused) {
    private static final java.util.Map<String, ElementType> STORAGES = java.util.Map.ofEntries(
            java.util.Map.entry("torch.DoubleStorage", ElementType.FLOAT64),
            java.util.Map.entry("torch.FloatStorage", ElementType.FLOAT32),
            java.util.Map.entry("torch.HalfStorage", ElementType.FLOAT16),
            java.util.Map.entry("torch.BFloat16Storage", ElementType.BFLOAT16),
            java.util.Map.entry("torch.LongStorage", ElementType.INT64),
            java.util.Map.entry("torch.IntStorage", ElementType.INT32),
            java.util.Map.entry("torch.ShortStorage", ElementType.INT16),
            java.util.Map.entry("torch.CharStorage", ElementType.INT8),
            java.util.Map.entry("torch.ByteStorage", ElementType.UINT8),
            java.util.Map.entry("torch.BoolStorage", ElementType.BOOL));

    private static final Set<String> CONSTRUCTORS = Set.of(
            "collections.OrderedDict",
            "torch._utils._rebuild_tensor_v2",
            "torch._utils._rebuild_tensor",
            "torch._utils._rebuild_parameter",
            "torch.Size",
            "torch.device");

    private static final Set<String> TYPES = Set.of(
            "torch.float64",
            "torch.float32",
            "torch.float16",
            "torch.bfloat16",
            "torch.int64",
            "torch.int32",
            "torch.int16",
            "torch.int8",
            "torch.uint8",
            "torch.uint16",
            "torch.uint32",
            "torch.uint64",
            "torch.bool",
            "torch.complex32",
            "torch.complex64",
            "torch.complex128");

    /** Lists what a PyTorch file asks for; a file of another format is an error. */
    public static PickleGlobals list(Path file) {
        try (ByteSource source = FileBytes.open(file)) {
            return list(source);
        }
    }

    static PickleGlobals list(ByteSource source) {
        Set<String> names = new TreeSet<>();
        switch (FileFormat.recognise(source)) {
            case LEGACY_PYTORCH -> {
                ByteCursor cursor = new ByteCursor(source, 0, source.size());
                for (int pickle = 0; pickle < LegacyPyTorch.PICKLES; pickle++) {
                    scan(cursor, names);
                }
            }
            case ZIP -> {
                ZipDirectory.Entry pickle = ZipWeights.pickle(ZipDirectory.read(source));
                if (pickle == null) {
                    throw new WeightException(source.name() + ": a zip without data.pkl, so no PyTorch file");
                }
                scan(new ByteCursor(source, pickle.start(), pickle.start() + pickle.size()), names);
            }
            default ->
                throw new WeightException(source.name() + ": not a PyTorch file, so it asks for no Python names");
        }
        List<String> allowed = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        names.forEach(name -> (isAllowed(name) ? allowed : refused).add(name));
        return new PickleGlobals(List.copyOf(allowed), List.copyOf(refused));
    }

    static boolean isAllowed(String name) {
        return CONSTRUCTORS.contains(name) || TYPES.contains(name) || STORAGES.containsKey(name);
    }

    /** Whether a name is an element type of PyTorch's, such as {@code torch.float32}. */
    static boolean isType(String name) {
        return TYPES.contains(name);
    }

    /** The element type of a typed storage such as {@code torch.FloatStorage}. */
    static @Nullable ElementType storageType(String name) {
        return STORAGES.get(name);
    }

    private static void scan(ByteCursor cursor, Set<String> names) {
        String beforeLast = "?";
        String last = "?";
        for (int count = 0; count < Unpickler.MAX_OPCODES; count++) {
            int code = cursor.unsignedByte();
            PickleOpcode opcode = PickleOpcode.of(code);
            if (opcode == null) {
                throw cursor.error("expected a pickle opcode, found " + code);
            }
            switch (opcode.argument()) {
                case NONE -> {}
                case ONE_BYTE -> cursor.skip(1, opcode.name());
                case TWO_BYTES -> cursor.skip(2, opcode.name());
                case FOUR_BYTES -> cursor.skip(4, opcode.name());
                case EIGHT_BYTES -> cursor.skip(8, opcode.name());
                case LINE -> cursor.line(Unpickler.MAX_LINE, opcode.name());
                case TWO_LINES ->
                    names.add(cursor.line(Unpickler.MAX_LINE, "a module's name") + "."
                            + cursor.line(Unpickler.MAX_LINE, "a global's name"));
                case SIZED_BY_1, SIZED_BY_4, SIZED_BY_8 -> {
                    long length = switch (opcode.argument()) {
                        case SIZED_BY_1 -> cursor.unsignedByte();
                        case SIZED_BY_4 -> cursor.unsignedInt();
                        default -> cursor.int64();
                    };
                    boolean text =
                            opcode.name().contains("UNICODE") || opcode.name().contains("STRING");
                    if (text && length <= Unpickler.MAX_LINE) {
                        beforeLast = last;
                        last = cursor.text(length, length, StandardCharsets.ISO_8859_1, "a text");
                    } else {
                        cursor.skip(length, opcode.name());
                    }
                }
            }
            if (opcode == PickleOpcode.STACK_GLOBAL) {
                // Names come from the stack here; the two texts written last are what pickle itself leaves there.
                names.add(beforeLast + "." + last);
            }
            if (opcode == PickleOpcode.STOP) {
                return;
            }
        }
        throw cursor.error("more than " + Unpickler.MAX_OPCODES + " pickle opcodes");
    }
}
