package org.impasto.core.weights;

import org.jspecify.annotations.Nullable;

/**
 * The opcodes of Python's pickle protocols 0 to 5, so that one which is refused can be named and one in a listing
 * skipped. The order of arguments and names are those of Python's {@code pickletools}.
 */
enum PickleOpcode {
    PROTO(0x80, Argument.ONE_BYTE, true),
    STOP('.', Argument.NONE, true),
    MARK('(', Argument.NONE, true),
    NONE('N', Argument.NONE, true),
    NEWTRUE(0x88, Argument.NONE, true),
    NEWFALSE(0x89, Argument.NONE, true),
    BININT('J', Argument.FOUR_BYTES, true),
    BININT1('K', Argument.ONE_BYTE, true),
    BININT2('M', Argument.TWO_BYTES, true),
    LONG1(0x8a, Argument.SIZED_BY_1, true),
    BINFLOAT('G', Argument.EIGHT_BYTES, true),
    BINUNICODE('X', Argument.SIZED_BY_4, true),
    SHORT_BINSTRING('U', Argument.SIZED_BY_1, true),
    EMPTY_TUPLE(')', Argument.NONE, true),
    EMPTY_LIST(']', Argument.NONE, true),
    EMPTY_DICT('}', Argument.NONE, true),
    EMPTY_SET(0x8f, Argument.NONE, true),
    TUPLE('t', Argument.NONE, true),
    TUPLE1(0x85, Argument.NONE, true),
    TUPLE2(0x86, Argument.NONE, true),
    TUPLE3(0x87, Argument.NONE, true),
    APPEND('a', Argument.NONE, true),
    APPENDS('e', Argument.NONE, true),
    SETITEM('s', Argument.NONE, true),
    SETITEMS('u', Argument.NONE, true),
    BINGET('h', Argument.ONE_BYTE, true),
    LONG_BINGET('j', Argument.FOUR_BYTES, true),
    BINPUT('q', Argument.ONE_BYTE, true),
    LONG_BINPUT('r', Argument.FOUR_BYTES, true),
    GLOBAL('c', Argument.TWO_LINES, true),
    REDUCE('R', Argument.NONE, true),
    BUILD('b', Argument.NONE, true),
    NEWOBJ(0x81, Argument.NONE, true),
    BINPERSID('Q', Argument.NONE, true),

    INT('I', Argument.LINE, false),
    LONG('L', Argument.LINE, false),
    LONG4(0x8b, Argument.SIZED_BY_4, false),
    STRING('S', Argument.LINE, false),
    BINSTRING('T', Argument.SIZED_BY_4, false),
    BINBYTES('B', Argument.SIZED_BY_4, false),
    SHORT_BINBYTES('C', Argument.SIZED_BY_1, false),
    BINBYTES8(0x8e, Argument.SIZED_BY_8, false),
    BYTEARRAY8(0x96, Argument.SIZED_BY_8, false),
    NEXT_BUFFER(0x97, Argument.NONE, false),
    READONLY_BUFFER(0x98, Argument.NONE, false),
    UNICODE('V', Argument.LINE, false),
    SHORT_BINUNICODE(0x8c, Argument.SIZED_BY_1, false),
    BINUNICODE8(0x8d, Argument.SIZED_BY_8, false),
    FLOAT('F', Argument.LINE, false),
    LIST('l', Argument.NONE, false),
    DICT('d', Argument.NONE, false),
    ADDITEMS(0x90, Argument.NONE, false),
    FROZENSET(0x91, Argument.NONE, false),
    POP('0', Argument.NONE, false),
    DUP('2', Argument.NONE, false),
    POP_MARK('1', Argument.NONE, false),
    GET('g', Argument.LINE, false),
    PUT('p', Argument.LINE, false),
    MEMOIZE(0x94, Argument.NONE, false),
    EXT1(0x82, Argument.ONE_BYTE, false),
    EXT2(0x83, Argument.TWO_BYTES, false),
    EXT4(0x84, Argument.FOUR_BYTES, false),
    STACK_GLOBAL(0x93, Argument.NONE, false),
    INST('i', Argument.TWO_LINES, false),
    OBJ('o', Argument.NONE, false),
    NEWOBJ_EX(0x92, Argument.NONE, false),
    FRAME(0x95, Argument.EIGHT_BYTES, false),
    PERSID('P', Argument.LINE, false);

    /** What follows an opcode in the stream. */
    enum Argument {
        NONE,
        ONE_BYTE,
        TWO_BYTES,
        FOUR_BYTES,
        EIGHT_BYTES,
        SIZED_BY_1,
        SIZED_BY_4,
        SIZED_BY_8,
        LINE,
        TWO_LINES
    }

    private static final @Nullable PickleOpcode[] BY_CODE = new PickleOpcode[256];

    static {
        for (PickleOpcode opcode : values()) {
            BY_CODE[opcode.code] = opcode;
        }
    }

    private final int code;
    private final Argument argument;
    private final boolean allowed;

    PickleOpcode(int code, Argument argument, boolean allowed) {
        this.code = code;
        this.argument = argument;
        this.allowed = allowed;
    }

    static @Nullable PickleOpcode of(int code) {
        return BY_CODE[code];
    }

    Argument argument() {
        return argument;
    }

    /** Whether a file of tensors may use it. */
    boolean isAllowed() {
        return allowed;
    }
}
