package dev.semblance.model.weights;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.semblance.model.ModelException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * safetensors: the length of a header as u64, the header in JSON, the numbers little-endian without gaps. Everything the
 * format's description demands is checked. <a href="https://github.com/huggingface/safetensors#format">Format</a>.
 */
final class SafetensorsReader {

    /** As the format's own library. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private static final int MAX_METADATA_FIELDS = 100_000;
    private static final int LENGTH_BYTES = 8;
    private static final String METADATA = "__metadata__";

    /** Offsets count from the end of the header. */
    private static final class Entry {
        final String name;
        final ElementType type;
        final int[] shape;
        final long from;
        final long to;

        Entry(String name, ElementType type, long[] shape, long from, long to) {
            this.name = name;
            this.type = type;
            this.shape = Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
            this.from = from;
            this.to = to;
        }
    }

    private final String source;
    private final List<Entry> entries = new ArrayList<>();

    private SafetensorsReader(String source) {
        this.source = source;
    }

    /** @param source named in errors */
    static SortedMap<String, Tensor> read(String source, MemorySegment file) {
        return new SafetensorsReader(source).read(file);
    }

    private SortedMap<String, Tensor> read(MemorySegment file) {
        if (file.byteSize() < LENGTH_BYTES) {
            throw fault("has only " + file.byteSize() + " bytes");
        }
        long length = file.get(Elements.LONG, 0);
        if (length < 2 || length > MAX_HEADER_BYTES) {
            throw fault("says that its header has " + Long.toUnsignedString(length) + " bytes, but it has 2 to "
                    + MAX_HEADER_BYTES);
        }
        if (LENGTH_BYTES + length > file.byteSize()) {
            throw fault("is cut short: its header ends at byte " + (LENGTH_BYTES + length) + " of "
                    + file.byteSize());
        }
        try (JsonParser json = StrictJson.parser(file.asSlice(LENGTH_BYTES, length).toArray(Elements.BYTE))) {
            header(json);
        } catch (IOException e) {
            throw new ModelException(message("has a header that is no valid JSON: " + StrictJson.reason(e)), e);
        }
        MemorySegment data = file.asSlice(LENGTH_BYTES + length);
        requireSeamless(data.byteSize());
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        for (Entry e : entries) {
            MemorySegment bytes = data.asSlice(e.from, e.to - e.from);
            tensors.put(e.name, new Tensor(source, e.name, e.type, e.shape,
                    () -> Elements.read(source, e.type, bytes, e.shape, Elements.rowMajor(e.shape), 0)));
        }
        return tensors;
    }

    private void header(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw fault("has a header that is no JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (name.equals(METADATA)) {
                metadata(json);
            } else if (entries.size() == Elements.MAX_TENSORS) {
                throw fault("has more than " + Elements.MAX_TENSORS + " tensors");
            } else {
                entries.add(entry(json, name));
            }
        }
        if (json.nextToken() != null) {
            throw fault("has a header that goes on after its JSON object");
        }
    }

    private void metadata(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw fault("has " + METADATA + " that is no JSON object");
        }
        for (int fields = 0; json.nextToken() == JsonToken.FIELD_NAME; fields++) {
            String name = json.currentName();
            if (fields == MAX_METADATA_FIELDS) {
                throw fault("has " + METADATA + " of more than " + MAX_METADATA_FIELDS + " fields");
            }
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw fault("has " + METADATA + " with " + Shown.name(name) + " that is no text");
            }
        }
    }

    private Entry entry(JsonParser json, String name) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw fault(name, "is described by no JSON object");
        }
        ElementType type = null;
        long[] shape = null;
        long[] offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            switch (field) {
                case "dtype" -> type = type(json, name);
                case "shape" -> shape = numbers(json, name, field, Elements.MAX_DIMENSIONS);
                case "data_offsets" -> offsets = numbers(json, name, field, 2);
                default -> throw fault(name, "has the unknown field " + Shown.name(field));
            }
        }
        if (type == null || shape == null || offsets == null || offsets.length != 2) {
            throw fault(name, "lacks dtype, shape or two data_offsets");
        }
        long count = Elements.count(shape);
        if (count < 0) {
            throw fault(name, "has the shape " + Arrays.toString(shape) + ", more than " + Integer.MAX_VALUE
                    + " elements");
        }
        if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != count * type.sizeBytes()) {
            throw fault(name, "has the data_offsets " + Arrays.toString(offsets) + " for " + count * type.sizeBytes()
                    + " bytes (" + type + " × " + Arrays.toString(shape) + ")");
        }
        return new Entry(name, type, shape, offsets[0], offsets[1]);
    }

    private ElementType type(JsonParser json, String name) throws IOException {
        if (json.nextToken() == JsonToken.VALUE_STRING) {
            String text = json.getText();
            for (ElementType type : ElementType.values()) {
                if (type.name().equals(text)) {
                    return type;
                }
            }
            throw new ModelException(source + ": tensor " + Shown.name(name) + " has the dtype " + Shown.name(text)
                    + "; known are " + Arrays.toString(ElementType.values())
                    + ": take a model that is not quantised");
        }
        throw fault(name, "has a dtype that is no text");
    }

    private long[] numbers(JsonParser json, String name, String field, int atMost) throws IOException {
        if (json.nextToken() != JsonToken.START_ARRAY) {
            throw fault(name, "has " + field + " that is no array");
        }
        long[] out = new long[atMost];
        int n = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (n == atMost) {
                throw fault(name, "has " + field + " of more than " + atMost + " numbers");
            }
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 0) {
                throw fault(name, "has " + field + " with something that is no whole number from 0");
            }
            out[n++] = json.getLongValue();
        }
        return Arrays.copyOf(out, n);
    }

    /** Neither gaps nor overlaps, and no byte left over. */
    private void requireSeamless(long dataBytes) {
        entries.sort(Comparator.comparingLong((Entry e) -> e.from).thenComparingLong(e -> e.to));
        long at = 0;
        for (Entry e : entries) {
            if (e.from != at) {
                throw fault(e.name, (e.from < at ? "overlaps another" : "follows a gap") + " at byte "
                        + Math.min(e.from, at) + " of the data");
            }
            if (e.to > dataBytes) {
                throw fault(e.name, "ends at byte " + e.to + " of the data, but the file is cut short after "
                        + dataBytes);
            }
            at = e.to;
        }
        if (at != dataBytes) {
            throw fault("has " + (dataBytes - at) + " bytes after the last tensor");
        }
    }

    private ModelException fault(String name, String what) {
        return fault("tensor " + Shown.name(name) + " " + what);
    }

    private ModelException fault(String what) {
        return new ModelException(message(what));
    }

    private String message(String what) {
        return source + ": " + what + "; the file is damaged or no safetensors file: fetch it again";
    }
}
