package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import dev.semblance.model.weights.PickleValue.Bool;
import dev.semblance.model.weights.PickleValue.Dict;
import dev.semblance.model.weights.PickleValue.Int;
import dev.semblance.model.weights.PickleValue.Name;
import dev.semblance.model.weights.PickleValue.None;
import dev.semblance.model.weights.PickleValue.Sequence;
import dev.semblance.model.weights.PickleValue.Stored;
import dev.semblance.model.weights.PickleValue.Text;
import dev.semblance.model.weights.PickleValue.Tuple;
import dev.semblance.model.weights.PickleValue.View;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the names in PyTorch's pickles stand for: tensors as views of storages, and ordered dicts.
 *
 * <p>
 * Thread: one owner.
 */
final class TorchObjects {

    /** One list can be made a dict of again and again; all dicts of a file together have at most this many items. */
    private static final int MAX_COPIED = 2 * Elements.MAX_TENSORS;

    private final String source;
    private final Map<String, Storage> storages = new LinkedHashMap<>();
    private int tensors;
    private long copied;

    /** @param source named in errors */
    TorchObjects(String source) {
        this.source = source;
    }

    String source() {
        return source;
    }

    /** All that were named, by key, in the order of the pickle; their bytes are yet to be placed. */
    Map<String, Storage> storages() {
        return storages;
    }

    /** ('storage', type, key, device, elements), and in old files a view, which must be none. */
    Stored persistent(Cursor in, PickleValue id) {
        if (id instanceof Tuple t && (t.items.size() == 5 || t.items.size() == 6)
                && t.items.get(0) instanceof Text(String kind) && kind.equals("storage")
                && t.items.get(1) instanceof Name(TorchNames.Meaning meaning, ElementType type)
                && meaning == TorchNames.Meaning.STORAGE
                && t.items.get(2) instanceof Text(String key) && key.matches("[0-9]{1,20}")
                && t.items.get(4) instanceof Int(long elements) && elements >= 0
                && (t.items.size() == 5 || t.items.get(5) == None.NONE)) {
            if (storages.size() == Elements.MAX_TENSORS) {
                throw in.fault("has more than " + Elements.MAX_TENSORS + " storages");
            }
            Storage storage = storages.computeIfAbsent(key, k -> new Storage(k, type, elements));
            if (storage.type() != type || storage.elements() != elements || storage.sizeBytes() < 0) {
                throw in.fault("describes the storage " + key + " in two ways, or too large");
            }
            return new Stored(storage);
        }
        throw in.fault("names a storage in a way that torch.save does not");
    }

    PickleValue reduce(Cursor in, Name name, List<PickleValue> arguments) {
        return switch (name.meaning()) {
            case ORDERED_DICT -> orderedDict(in, arguments);
            case REBUILD_TENSOR -> view(in, arguments);
            case REBUILD_PARAMETER -> {
                if (!arguments.isEmpty() && arguments.getFirst() instanceof View view) {
                    yield view;
                }
                throw in.fault("has a parameter without a tensor");
            }
            case SIZE -> {
                if (arguments.size() == 1 && arguments.getFirst() instanceof Tuple sizes) {
                    yield sizes;
                }
                throw in.fault("has a torch.Size of no tuple");
            }
            case STORAGE -> throw in.fault("makes a storage where it should name one");
        };
    }

    /** Empty, and filled afterwards; or, as Python 2 did it, from a list of pairs. */
    private Dict orderedDict(Cursor in, List<PickleValue> arguments) {
        Dict dict = new Dict();
        if (arguments.isEmpty()) {
            return dict;
        }
        if (arguments.size() == 1 && arguments.getFirst() instanceof Sequence pairs) {
            copied += pairs.items.size();
            if (copied > MAX_COPIED) {
                throw in.fault("has ordered dicts of more than " + MAX_COPIED + " items");
            }
            for (PickleValue item : pairs.items) {
                List<PickleValue> pair = item instanceof Sequence s
                        ? s.items
                        : item instanceof Tuple t ? t.items : List.of();
                if (pair.size() != 2 || !(pair.getFirst() instanceof Text)) {
                    throw in.fault("has an OrderedDict of something that is no name and value");
                }
                dict.items.put(pair.getFirst(), pair.getLast());
            }
            return dict;
        }
        throw in.fault("has an OrderedDict of no list");
    }

    /** (storage, offset, shape, strides, requires gradient, hooks). */
    private View view(Cursor in, List<PickleValue> arguments) {
        if (arguments.size() < 6 || !(arguments.get(0) instanceof Stored(Storage storage))
                || !(arguments.get(1) instanceof Int(long offset)) || !(arguments.get(4) instanceof Bool)) {
            throw in.fault("has a tensor with arguments that torch.save does not write");
        }
        if (++tensors > Elements.MAX_TENSORS) {
            throw in.fault("has more than " + Elements.MAX_TENSORS + " tensors");
        }
        long[] shape = sizes(in, arguments.get(2));
        long[] strides = sizes(in, arguments.get(3));
        long count = Elements.count(shape);
        if (strides.length != shape.length || count < 0 || count > storage.elements()) {
            throw in.fault("has a tensor of the shape " + Arrays.toString(shape) + " and strides "
                    + Arrays.toString(strides) + " for " + storage.elements() + " elements");
        }
        requireInside(in, storage, offset, shape, strides, count);
        return new View(storage, offset, Arrays.stream(shape).mapToInt(Math::toIntExact).toArray(), strides);
    }

    private static void requireInside(Cursor in, Storage storage, long offset, long[] shape, long[] strides,
            long count) {
        long last = offset;
        for (int i = 0; i < shape.length && last >= 0 && count > 0; i++) {
            long high = Math.multiplyHigh(shape[i] - 1, strides[i]);
            long step = (shape[i] - 1) * strides[i];
            last = high != 0 || step < 0 ? -1 : last + step;
        }
        if (offset < 0 || last < 0 || (count > 0 ? last >= storage.elements() : last > storage.elements())) {
            throw in.fault("has a tensor outside its storage: offset " + offset + ", shape " + Arrays.toString(shape)
                    + ", strides " + Arrays.toString(strides) + " in " + storage.elements() + " elements");
        }
    }

    private static long[] sizes(Cursor in, PickleValue value) {
        if (!(value instanceof Tuple tuple) || tuple.items.size() > Elements.MAX_DIMENSIONS) {
            throw in.fault("has a tensor whose shape is no tuple of at most " + Elements.MAX_DIMENSIONS + " numbers");
        }
        long[] out = new long[tuple.items.size()];
        for (int i = 0; i < out.length; i++) {
            if (!(tuple.items.get(i) instanceof Int(long size)) || size < 0) {
                throw in.fault("has a tensor with a negative size or stride, or none that is a number");
            }
            out[i] = size;
        }
        return out;
    }

    ModelException fault(String what) {
        return new ModelException(source + ": " + what
                + "; the file is damaged or was not written by torch.save: fetch it again, or take model.safetensors");
    }
}
