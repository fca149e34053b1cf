package org.impasto.core.weights;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.impasto.core.ElementType;
import org.impasto.core.WeightException;
import org.jspecify.annotations.Nullable;

/**
 * A restricted interpreter of pickles: it builds tensors, containers, texts and numbers, and knows nothing else. Names
 * of Python functions are compared with a fixed list and never looked up; opcodes beyond PyTorch's are refused.
 */
final class Unpickler {
    static final int MAX_OPCODES = 1_000_000;
    static final int MAX_LINE = 1024;

    private static final int MAX_STACK = 10_000;
    private static final int MAX_MEMO = 100_000;
    private static final int MAX_TEXT = 1 << 20;
    // Files that PyTorch writes get less often than they put; far more gets are a structure made to explode.
    private static final int GETS_PER_PUT = 10;
    private static final int FREE_GETS = 10_000;

    private final ByteCursor cursor;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private final Map<String, Pickled.StorageReference> storages;
    private long puts;
    private long gets;

    /** An interpreter which collects the storages that tensors refer to. */
    Unpickler(ByteCursor cursor, Map<String, Pickled.StorageReference> storages) {
        this.cursor = cursor;
        this.storages = storages;
    }

    /** Runs one pickle to its end and gives what it built. */
    Object load() {
        for (int count = 0; count < MAX_OPCODES; count++) {
            int code = cursor.unsignedByte();
            PickleOpcode opcode = PickleOpcode.of(code);
            if (opcode == null || !opcode.isAllowed()) {
                throw cursor.error("the pickle opcode " + (opcode == null ? Integer.toString(code) : opcode.name())
                        + " is not one that files of tensors need, so it is refused");
            }
            if (opcode == PickleOpcode.STOP) {
                Object result = pop();
                if (!stack.isEmpty() || !marks.isEmpty()) {
                    throw cursor.error("the pickle stops with " + stack.size() + " values left over");
                }
                return result;
            }
            run(opcode);
        }
        throw cursor.error("more than " + MAX_OPCODES + " pickle opcodes");
    }

    private void run(PickleOpcode opcode) {
        switch (opcode) {
            case PROTO -> protocol();
            case MARK -> mark();
            case NONE -> push(Pickled.None.NONE);
            case NEWTRUE -> push(true);
            case NEWFALSE -> push(false);
            case BININT -> push((long) cursor.int32());
            case BININT1 -> push((long) cursor.unsignedByte());
            case BININT2 -> push((long) cursor.unsignedShort());
            case LONG1 -> push(longNumber());
            case BINFLOAT -> push(cursor.bigEndianDouble());
            case BINUNICODE -> push(cursor.text(cursor.unsignedInt(), MAX_TEXT, StandardCharsets.UTF_8, "a text"));
            case SHORT_BINSTRING ->
                push(cursor.text(cursor.unsignedByte(), MAX_TEXT, StandardCharsets.ISO_8859_1, "a text"));
            case EMPTY_TUPLE -> push(new Pickled.Tuple(List.of()));
            case EMPTY_LIST -> push(new Pickled.Sequence());
            case EMPTY_DICT -> push(new Pickled.Dictionary());
            case EMPTY_SET -> push(new Pickled.EmptySet());
            case TUPLE -> push(new Pickled.Tuple(popToMark()));
            case TUPLE1 -> push(new Pickled.Tuple(popLast(1)));
            case TUPLE2 -> push(new Pickled.Tuple(popLast(2)));
            case TUPLE3 -> push(new Pickled.Tuple(popLast(3)));
            case APPEND -> append(popLast(1));
            case APPENDS -> append(popToMark());
            case SETITEM -> setItems(popLast(2));
            case SETITEMS -> setItems(popToMark());
            case BINGET -> get(cursor.unsignedByte());
            case LONG_BINGET -> get(cursor.int32());
            case BINPUT -> put(cursor.unsignedByte());
            case LONG_BINPUT -> put(cursor.int32());
            case GLOBAL -> push(global());
            case REDUCE, NEWOBJ -> {
                Object arguments = pop();
                push(construct(opcode, pop(), arguments));
            }
            case BUILD -> build();
            case BINPERSID -> push(storage(pop()));
            default -> throw new IllegalStateException(opcode.name());
        }
    }

    private void protocol() {
        int protocol = cursor.unsignedByte();
        if (protocol < 2 || protocol > 5) {
            throw cursor.error("pickle protocol " + protocol + ", expected 2 to 5");
        }
    }

    private Object longNumber() {
        byte[] littleEndian = cursor.bytes(cursor.unsignedByte(), 255, "a number");
        byte[] bigEndian = new byte[Math.max(1, littleEndian.length)];
        for (int i = 0; i < littleEndian.length; i++) {
            bigEndian[littleEndian.length - 1 - i] = littleEndian[i];
        }
        BigInteger number = new BigInteger(bigEndian);
        return number.bitLength() < 64 ? (Object) number.longValue() : number;
    }

    private void push(Object value) {
        if (stack.size() == MAX_STACK) {
            throw cursor.error("more than " + MAX_STACK + " values on the pickle's stack");
        }
        stack.add(value);
    }

    private void mark() {
        if (marks.size() == MAX_STACK) {
            throw cursor.error("more than " + MAX_STACK + " marks on the pickle's stack");
        }
        marks.add(stack.size());
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    }

    private Object pop() {
        return popLast(1).get(0);
    }

    private Object peek() {
        if (stack.size() <= floor()) {
            throw cursor.error("the pickle takes a value from an empty stack");
        }
        return stack.get(stack.size() - 1);
    }

    private List<Object> popLast(int count) {
        int from = stack.size() - count;
        if (from < floor()) {
            throw cursor.error("the pickle takes a value from an empty stack");
        }
        return popFrom(from);
    }

    private List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw cursor.error("the pickle goes back to a mark that it did not set");
        }
        return popFrom(marks.remove(marks.size() - 1));
    }

    private List<Object> popFrom(int from) {
        List<Object> tail = stack.subList(from, stack.size());
        List<Object> values = List.copyOf(tail);
        tail.clear();
        return values;
    }

    private void put(int index) {
        Object value = peek();
        if (!memo.containsKey(index) && memo.size() == MAX_MEMO) {
            throw cursor.error("more than " + MAX_MEMO + " values in the pickle's memo");
        }
        memo.put(index, value);
        puts++;
    }

    private void get(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw cursor.error("the pickle's memo holds nothing at " + Integer.toUnsignedString(index));
        }
        gets++;
        if (gets > FREE_GETS + GETS_PER_PUT * puts) {
            throw cursor.error(gets + " values taken from the pickle's memo after " + puts
                    + " were put there, expected at most " + GETS_PER_PUT + " each");
        }
        push(value);
    }

    private void append(List<Object> values) {
        if (!(peek() instanceof Pickled.Sequence list)) {
            throw cursor.error("the pickle appends to " + Pickled.describe(peek()) + ", expected a list");
        }
        list.items().addAll(values);
    }

    private void setItems(List<Object> pairs) {
        if (!(peek() instanceof Pickled.Dictionary dictionary)) {
            throw cursor.error("the pickle sets items of " + Pickled.describe(peek()) + ", expected a dictionary");
        }
        if (pairs.size() % 2 != 0) {
            throw cursor.error("the pickle sets an item without a value");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            dictionary.items().put(key(pairs.get(i)), pairs.get(i + 1));
        }
    }

    private Object key(Object key) {
        if (key instanceof Pickled) {
            throw cursor.error("a dictionary's key is " + Pickled.describe(key) + ", expected a text or a number");
        }
        return key;
    }

    private Object global() {
        String module = cursor.line(MAX_LINE, "a module's name");
        String name = cursor.line(MAX_LINE, "a global's name");
        String full = module + "." + name;
        if (!PickleGlobals.isAllowed(full)) {
            throw new RefusedGlobal(full);
        }
        return PickleGlobals.isType(full) ? full : new Pickled.Constructor(module, name);
    }

    /** A name that is no constructor of data; the caller adds what else the file asks for. */
    static final class RefusedGlobal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String name;

        RefusedGlobal(String name) {
            super(name);
            this.name = name;
        }

        String name() {
            return name;
        }
    }

    private Object construct(PickleOpcode opcode, Object callable, Object arguments) {
        if (!(callable instanceof Pickled.Constructor constructor)) {
            throw cursor.error("the pickle calls " + Pickled.describe(callable) + ", which is refused");
        }
        if (!(arguments instanceof Pickled.Tuple tuple)) {
            throw cursor.error(constructor + " is called with " + Pickled.describe(arguments) + ", expected a tuple");
        }
        List<Object> values = tuple.items();
        return switch (constructor.toString()) {
            case "collections.OrderedDict" -> orderedDictionary(values);
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(constructor, values);
            case "torch._utils._rebuild_parameter" -> {
                if (values.size() != 3 || !(values.get(0) instanceof Pickled.TensorReference)) {
                    throw unexpected(constructor, "a tensor and two settings");
                }
                yield values.get(0);
            }
            case "torch.Size" -> {
                if (values.size() != 1) {
                    throw unexpected(constructor, "one tuple");
                }
                long[] sizes = numbers(constructor, values.get(0));
                yield new Pickled.Tuple(java.util.Arrays.stream(sizes)
                        .<Object>mapToObj(Long::valueOf)
                        .toList());
            }
            case "torch.device" -> device(constructor, values);
            default -> throw cursor.error("the pickle calls " + constructor + " by " + opcode + ", which is refused");
        };
    }

    private Object orderedDictionary(List<Object> arguments) {
        Pickled.Dictionary dictionary = new Pickled.Dictionary();
        if (arguments.isEmpty()) {
            return dictionary;
        }
        if (arguments.size() != 1 || !(arguments.get(0) instanceof Pickled.Sequence pairs)) {
            throw cursor.error("OrderedDict is called with something else than a list of pairs");
        }
        for (Object pair : pairs.items()) {
            List<Object> both = pair instanceof Pickled.Sequence list
                    ? list.items()
                    : pair instanceof Pickled.Tuple tuple ? tuple.items() : List.of();
            if (both.size() != 2) {
                throw cursor.error("OrderedDict is called with something else than a list of pairs");
            }
            dictionary.items().put(key(both.get(0)), both.get(1));
        }
        return dictionary;
    }

    private Object tensor(Pickled.Constructor constructor, List<Object> arguments) {
        boolean plain = constructor.name().equals("_rebuild_tensor");
        int count = arguments.size();
        if ((plain ? count != 4 : count != 6 && count != 7)
                || !(arguments.get(0) instanceof Pickled.StorageReference storage)
                || !(arguments.get(1) instanceof Long offset)) {
            throw unexpected(constructor, "a storage, an offset, sizes and strides");
        }
        return new Pickled.TensorReference(
                storage, offset, numbers(constructor, arguments.get(2)), numbers(constructor, arguments.get(3)));
    }

    private long[] numbers(Pickled.Constructor constructor, Object value) {
        if (!(value instanceof Pickled.Tuple tuple)) {
            throw unexpected(constructor, "a tuple of numbers");
        }
        if (tuple.items().size() > StoredTensor.MAX_RANK) {
            throw unexpected(constructor, "at most " + StoredTensor.MAX_RANK + " axes");
        }
        long[] numbers = new long[tuple.items().size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(tuple.items().get(i) instanceof Long number)) {
                throw unexpected(constructor, "a tuple of numbers");
            }
            numbers[i] = number;
        }
        return numbers;
    }

    private Object device(Pickled.Constructor constructor, List<Object> arguments) {
        if (arguments.size() == 1 && arguments.get(0) instanceof String type) {
            return type;
        }
        if (arguments.size() == 2
                && arguments.get(0) instanceof String type
                && arguments.get(1) instanceof Long index) {
            return type + ":" + index;
        }
        throw unexpected(constructor, "a name and perhaps a number");
    }

    private WeightException unexpected(Pickled.Constructor constructor, String expected) {
        return cursor.error(constructor + " is called with something else than " + expected);
    }

    // The state of an OrderedDict holds attributes such as _metadata (versions of layers), which no reader needs.
    private void build() {
        Object state = pop();
        if (!(peek() instanceof Pickled.Dictionary)) {
            throw cursor.error(
                    "the pickle sets the state of " + Pickled.describe(peek()) + ", expected an OrderedDict");
        }
        if (!(state instanceof Pickled.Dictionary)) {
            throw cursor.error("the state of an OrderedDict is " + Pickled.describe(state) + ", expected a dictionary");
        }
    }

    private Pickled.StorageReference storage(Object id) {
        if (!(id instanceof Pickled.Tuple tuple)
                || tuple.items().size() < 5
                || tuple.items().size() > 6
                || !"storage".equals(tuple.items().get(0))
                || !(tuple.items().get(1) instanceof Pickled.Constructor constructor)
                || !(tuple.items().get(2) instanceof String key)
                || !(tuple.items().get(4) instanceof Long elements)) {
            throw cursor.error("a persistent id is no ('storage', type, key, location, elements)");
        }
        ElementType type = PickleGlobals.storageType(constructor.toString());
        if (type == null) {
            throw cursor.error(constructor + " is no type of storage");
        }
        Object view = tuple.items().size() == 6 ? tuple.items().get(5) : Pickled.None.NONE;
        Pickled.StorageReference reference = viewed(key, type, elements, view);
        if (elements < 0
                || reference.elements() < 0
                || reference.first() < 0
                || reference.first() > elements - reference.elements()) {
            throw cursor.error(
                    "storage " + WeightTable.quote(key) + " of " + elements + " elements is used from element "
                            + reference.first() + " on for " + reference.elements() + " elements");
        }
        Pickled.StorageReference before = storages.putIfAbsent(key, reference);
        if (before != null && (before.type() != type || before.rootElements() != elements)) {
            throw cursor.error("storage " + WeightTable.quote(key) + " is " + elements + " elements of " + type
                    + " here, " + before.rootElements() + " of " + before.type() + " before");
        }
        return reference;
    }

    private Pickled.StorageReference viewed(String key, ElementType type, long elements, @Nullable Object view) {
        if (view == Pickled.None.NONE) {
            return new Pickled.StorageReference(key, type, 0, elements, elements);
        }
        if (!(view instanceof Pickled.Tuple tuple)
                || tuple.items().size() != 3
                || !(tuple.items().get(1) instanceof Long first)
                || !(tuple.items().get(2) instanceof Long count)) {
            throw cursor.error("the view of a storage is no (key, offset, elements)");
        }
        return new Pickled.StorageReference(key, type, first, count, elements);
    }
}
