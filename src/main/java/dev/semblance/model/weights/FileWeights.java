package dev.semblance.model.weights;

import dev.semblance.model.ModelException;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Tensors that lie in mapped files.
 *
 * <p>
 * Thread: one owner.
 */
final class FileWeights implements Weights {

    private static final int NAMES_SHOWN = 5;

    private final String source;
    private final TreeMap<String, Tensor> tensors;
    private final List<MappedFile> files;
    private boolean closed;

    /** @param files closed with this */
    FileWeights(String source, SortedMap<String, Tensor> tensors, List<MappedFile> files) {
        this.source = source;
        this.tensors = new TreeMap<>(tensors);
        this.files = List.copyOf(files);
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(tensors.navigableKeySet());
    }

    @Override
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            String some = String.join(", ",
                    tensors.keySet().stream().limit(NAMES_SHOWN).map(Shown::name).toList());
            throw new ModelException(source + ": has no tensor " + Shown.name(name) + " among its " + tensors.size()
                    + " (" + some + (tensors.size() > NAMES_SHOWN ? ", …" : "")
                    + "); take config.json and weights of one model");
        }
        return tensor;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            files.forEach(MappedFile::close);
        }
    }
}
