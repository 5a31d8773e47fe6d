package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * One tensor; its values are read when asked for, so that a model larger than the heap can be walked.
 *
 * <p>
 * Thread: as its {@link Weights}.
 */
public final class Tensor {

    private final String source;
    private final String name;
    private final ElementType type;
    private final int[] shape;
    private final Supplier<float[]> values;

    /**
     * @param source named in errors
     * @param values reads all elements, row-major, as floats; a new array each time
     */
    public Tensor(String source, String name, ElementType type, int[] shape, Supplier<float[]> values) {
        this.source = source;
        this.name = name;
        this.type = type;
        this.shape = shape.clone();
        this.values = values;
    }

    public String name() {
        return name;
    }

    public ElementType type() {
        return type;
    }

    /** A copy; empty for a scalar. */
    public int[] shape() {
        return shape.clone();
    }

    /** Itself, if it has that shape. */
    public Tensor require(int... expected) {
        if (!Arrays.equals(shape, expected)) {
            throw new ModelException(source + ": tensor " + name + " has the shape " + Arrays.toString(shape)
                    + ", but by config.json it is " + Arrays.toString(expected)
                    + "; take config.json and weights of one model");
        }
        return this;
    }

    /**
     * All elements, row-major, as floats: a new array.
     *
     * @throws ModelException if it holds something else than floats, or an element is not finite
     */
    public float[] floats() {
        if (!type.isFloat()) {
            throw new ModelException(source + ": tensor " + name + " has elements of the type " + type
                    + "; weights are F64, F32, F16 or BF16: a quantised model is not supported, take the original");
        }
        float[] all = values.get();
        for (int i = 0; i < all.length; i++) {
            if (!Float.isFinite(all[i])) {
                throw new ModelException(source + ": tensor " + name + " has " + all[i] + " at element " + i
                        + "; weights must be finite: fetch the file again, or train the model again");
            }
        }
        return all;
    }
}
