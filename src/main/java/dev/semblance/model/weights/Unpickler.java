package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import dev.semblance.model.weights.PickleValue.Dict;
import dev.semblance.model.weights.PickleValue.Mark;
import dev.semblance.model.weights.PickleValue.Name;
import dev.semblance.model.weights.PickleValue.None;
import dev.semblance.model.weights.PickleValue.Sequence;
import dev.semblance.model.weights.PickleValue.Text;
import dev.semblance.model.weights.PickleValue.Tuple;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickles that torch.save writes, protocols 2 to 5, and no others: a closed set of operations, of names and of
 * values, all bounded. Nothing is called: a pickle is a program, but this machine cannot run it. Operations as in
 * CPython's {@code pickletools}.
 *
 * <p>
 * Thread: one owner.
 */
final class Unpickler {

    /** Enough for some 20,000 tensors; a model of this program's has some hundreds. */
    private static final int MAX_OPERATIONS = 1_000_000;
    private static final int MAX_DEPTH = 200_000;
    private static final int LONGEST_INTEGER_BYTES = 16;

    private final Cursor in;
    private final TorchObjects objects;
    private final ArrayList<PickleValue> stack = new ArrayList<>();
    private final Map<Long, PickleValue> memo = new HashMap<>();

    /** @param in at the start of a pickle; left after its end */
    Unpickler(Cursor in, TorchObjects objects) {
        this.in = in;
        this.objects = objects;
    }

    PickleValue load() {
        for (int operations = 0; operations < MAX_OPERATIONS; operations++) {
            int code = in.u8();
            if (code == '.') {
                PickleValue result = pop();
                if (!stack.isEmpty()) {
                    throw in.fault("has a pickle that leaves values over");
                }
                return result;
            }
            if (!scalar(code) && !container(code) && !remembered(code) && !torch(code)) {
                throw in.fault("has the pickle operation 0x" + Integer.toHexString(code)
                        + ", which a plain file of tensors has no use for");
            }
            if (stack.size() > MAX_DEPTH) {
                throw in.fault("has a pickle deeper than " + MAX_DEPTH + " values");
            }
        }
        throw in.fault("has a pickle of more than " + MAX_OPERATIONS + " operations");
    }

    private boolean scalar(int code) {
        switch (code) {
            case 0x80 -> protocol(in.u8());
            case 0x95 -> in.skip(8); // FRAME: its length is a hint for buffering only
            case 'N' -> push(None.NONE);
            case 0x88 -> push(new PickleValue.Bool(true));
            case 0x89 -> push(new PickleValue.Bool(false));
            case 'K' -> push(new PickleValue.Int(in.u8()));
            case 'M' -> push(new PickleValue.Int(in.u16()));
            case 'J' -> push(new PickleValue.Int(in.i32()));
            case 0x8a -> push(integer(in.u8()));
            case 'G' -> push(new PickleValue.Real(Double.longBitsToDouble(Long.reverseBytes(in.i64()))));
            case 'X' -> push(new Text(in.text(in.u32())));
            case 0x8c -> push(new Text(in.text(in.u8())));
            case 'T' -> push(new Text(in.text(in.u32()))); // of Python 2, as the next
            case 'U' -> push(new Text(in.text(in.u8())));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean container(int code) {
        switch (code) {
            case '(' -> push(Mark.MARK);
            case ')' -> push(new Tuple(List.of()));
            case 0x85 -> push(tuple(1));
            case 0x86 -> push(tuple(2));
            case 0x87 -> push(tuple(3));
            case 't' -> push(new Tuple(toMark()));
            case ']' -> push(new Sequence());
            case 'a' -> {
                PickleValue item = pop();
                list().items.add(item);
            }
            case 'e' -> {
                List<PickleValue> items = toMark();
                list().items.addAll(items);
            }
            case '}' -> push(new Dict());
            case 's' -> {
                PickleValue value = pop();
                PickleValue key = pop();
                put(dict(), key, value);
            }
            case 'u' -> {
                List<PickleValue> items = toMark();
                Dict dict = dict();
                if (items.size() % 2 != 0) {
                    throw in.fault("has a dict with a key that has no value");
                }
                for (int i = 0; i < items.size(); i += 2) {
                    put(dict, items.get(i), items.get(i + 1));
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean remembered(int code) {
        switch (code) {
            case 'q' -> memo.put((long) in.u8(), peek());
            case 'r' -> memo.put(in.u32(), peek());
            case 0x94 -> memo.put((long) memo.size(), peek());
            case 'h' -> push(recall(in.u8()));
            case 'j' -> push(recall(in.u32()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean torch(int code) {
        switch (code) {
            case 'c' -> {
                String module = in.line();
                push(name(module, in.line()));
            }
            case 0x93 -> {
                PickleValue name = pop();
                if (!(pop() instanceof Text(String module)) || !(name instanceof Text(String plain))) {
                    throw in.fault("names something by no text");
                }
                push(name(module, plain));
            }
            case 'Q' -> push(objects.persistent(in, pop()));
            case 'R' -> {
                PickleValue arguments = pop();
                if (!(pop() instanceof Name name) || !(arguments instanceof Tuple tuple)) {
                    throw in.fault("calls what is no name");
                }
                push(objects.reduce(in, name, tuple.items));
            }
            case 'b' -> {
                // Attributes of an ordered dict: the versions of its modules, of no use here.
                if (!(pop() instanceof Dict)) {
                    throw in.fault("sets the state of an object by something that is no dict");
                }
                dict();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void protocol(int version) {
        if (version < 2 || version > 5) {
            throw in.fault("has a pickle of protocol " + version + ", but 2 to 5 are read");
        }
    }

    private Name name(String module, String name) {
        return TorchNames.find(module, name).orElseThrow(() -> new ModelException(
                objects.source() + ": names the code " + Shown.name(module + "." + name)
                        + "; a model file needs no code: it may be malicious, or it is more than a plain state dict."
                        + " Nothing of it was run. Take model.safetensors instead"));
    }

    private PickleValue integer(int length) {
        if (length > LONGEST_INTEGER_BYTES) {
            throw in.fault("has an integer of " + length + " bytes");
        }
        byte[] bigEndian = new byte[length + 1];
        MemorySegment little = in.slice(length);
        for (int i = 0; i < length; i++) {
            bigEndian[length - i] = little.get(Elements.BYTE, i);
        }
        bigEndian[0] = (byte) (length > 0 && bigEndian[1] < 0 ? -1 : 0);
        BigInteger value = new BigInteger(bigEndian);
        return value.bitLength() < Long.SIZE
                ? new PickleValue.Int(value.longValueExact())
                : new PickleValue.Big(value);
    }

    private void put(Dict dict, PickleValue key, PickleValue value) {
        switch (key) {
            case Text _,PickleValue.Int _,PickleValue.Bool _,PickleValue.Real _,None _ ->
                dict.items.put(key, value);
            default -> throw in.fault("has a dict with a key that is neither text nor number");
        }
    }

    private void push(PickleValue value) {
        stack.add(value);
    }

    private PickleValue pop() {
        if (stack.isEmpty() || stack.getLast() == Mark.MARK) {
            throw in.fault("has a pickle that takes more values than there are");
        }
        return stack.removeLast();
    }

    private PickleValue peek() {
        if (stack.isEmpty() || stack.getLast() == Mark.MARK) {
            throw in.fault("has a pickle that remembers nothing");
        }
        return stack.getLast();
    }

    private PickleValue recall(long index) {
        PickleValue value = memo.get(index);
        if (value == null) {
            throw in.fault("has a pickle that recalls the value " + index + ", which it never made");
        }
        return value;
    }

    private Tuple tuple(int length) {
        PickleValue[] items = new PickleValue[length];
        for (int i = length - 1; i >= 0; i--) {
            items[i] = pop();
        }
        return new Tuple(List.of(items));
    }

    private List<PickleValue> toMark() {
        int mark = stack.lastIndexOf(Mark.MARK);
        if (mark < 0) {
            throw in.fault("has a pickle that ends what it never began");
        }
        List<PickleValue> tail = stack.subList(mark, stack.size());
        List<PickleValue> items = List.copyOf(tail.subList(1, tail.size()));
        tail.clear();
        return items;
    }

    private Sequence list() {
        if (peek() instanceof Sequence list) {
            return list;
        }
        throw in.fault("appends to what is no list");
    }

    private Dict dict() {
        if (peek() instanceof Dict dict) {
            return dict;
        }
        throw in.fault("sets items of what is no dict");
    }
}
