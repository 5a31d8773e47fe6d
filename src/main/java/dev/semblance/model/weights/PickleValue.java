package dev.semblance.model.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a pickle of tensors may consist of. Containers are compared by identity and never walked whole, so that one that
 * holds itself does no harm.
 */
sealed interface PickleValue {

    enum None implements PickleValue {
        NONE
    }

    /** Divides the stack; not a value. */
    enum Mark implements PickleValue {
        MARK
    }

    record Bool(boolean value) implements PickleValue {}

    record Int(long value) implements PickleValue {}

    /** Beyond 64 bits. Only the magic number of old files is. */
    record Big(java.math.BigInteger value) implements PickleValue {}

    record Real(double value) implements PickleValue {}

    record Text(String value) implements PickleValue {}

    /** One of the names of {@link TorchNames}. */
    record Name(TorchNames.Meaning meaning, ElementType type) implements PickleValue {}

    /** A part of a storage: strides and offset in elements, checked against it. */
    final class View implements PickleValue {
        final Storage storage;
        final long offset;
        final int[] shape;
        final long[] strides;

        View(Storage storage, long offset, int[] shape, long[] strides) {
            this.storage = storage;
            this.offset = offset;
            this.shape = shape;
            this.strides = strides;
        }
    }

    record Stored(Storage storage) implements PickleValue {}

    final class Tuple implements PickleValue {
        final List<PickleValue> items;

        Tuple(List<PickleValue> items) {
            this.items = items;
        }
    }

    final class Sequence implements PickleValue {
        final List<PickleValue> items = new ArrayList<>(0);
    }

    /** Keys are scalars only. */
    final class Dict implements PickleValue {
        final Map<PickleValue, PickleValue> items = new TreeMap<>(Dict::compare);

        /** A tree, because keys of one hash would make a hash map as slow as a list. */
        private static int compare(PickleValue a, PickleValue b) {
            return switch (a) {
                case Text(String x) when b instanceof Text(String y) -> x.compareTo(y);
                case Int(long x) when b instanceof Int(long y) -> Long.compare(x, y);
                case Real(double x) when b instanceof Real(double y) -> Double.compare(x, y);
                case Bool(boolean x) when b instanceof Bool(boolean y) -> Boolean.compare(x, y);
                default -> a.getClass().getName().compareTo(b.getClass().getName());
            };
        }
    }
}
