package dev.semblance.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.semblance.record.VectorEncoding;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.DecoderFactory;

/**
 * Our Avro values as one line of JSON, for people and scripts: the schema's field names in the schema's order, numbers
 * as numbers, absent values as null, {@code vector} as an array of floats (scale applied; a component that is no number
 * as a string), other bytes in base64, hashes in hex.
 *
 * <p>Thread: any.
 */
public final class RecordJson {

    private static final String VECTOR = "vector";
    private static final JsonFactory JSON = new JsonFactory();

    private RecordJson() {}

    /**
     * @param value may be null
     * @return null where {@code value} is not in single-object encoding with a schema of ours
     * @throws CodecException where its header is one of ours but its body is broken
     */
    public static String toJson(byte[] value) {
        Schema written = schemaOf(value);
        if (written == null) {
            return null;
        }
        int from = Framing.SINGLE_OBJECT_HEADER_BYTES;
        AvroShape.check(written, value, from);
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            Object datum = new GenericDatumReader<>(written).read(null,
                    DecoderFactory.get().binaryDecoder(value, from, value.length - from, null));
            write(datum, json);
        } catch (AvroRuntimeException e) {
            throw CodecException.malformed("the value is no " + written.getName() + ": " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toString();
    }

    private static Schema schemaOf(byte[] value) {
        boolean framed = value != null && value.length >= Framing.SINGLE_OBJECT_HEADER_BYTES
                && Framing.of(value) == Framing.SINGLE_OBJECT;
        return framed ? KnownSchemas.ON_BOARD.find(Framing.fingerprint(value)) : null;
    }

    private static void write(Object datum, JsonGenerator json) throws IOException {
        switch (datum) {
            case null -> json.writeNull();
            case IndexedRecord r -> writeRecord(r, json);
            case Map<?, ?> m -> writeMap(m, json);
            case List<?> l -> writeList(l, json);
            case Boolean b -> json.writeBoolean(b);
            case Integer i -> json.writeNumber(i);
            case Long l -> json.writeNumber(l);
            case Float f -> json.writeNumber(f);
            case Double d -> json.writeNumber(d);
            case ByteBuffer b -> json.writeBinary(b.array(), b.arrayOffset() + b.position(), b.remaining());
            case GenericFixed f -> json.writeString(HexFormat.of().formatHex(f.bytes()));
            default -> json.writeString(datum.toString());
        }
    }

    private static void writeRecord(IndexedRecord datum, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Schema.Field field : datum.getSchema().getFields()) {
            json.writeFieldName(field.name());
            if (field.name().equals(VECTOR)) {
                writeVector(datum, json);
            } else {
                write(datum.get(field.pos()), json);
            }
        }
        json.writeEndObject();
    }

    private static void writeVector(IndexedRecord datum, JsonGenerator json) throws IOException {
        String symbol = get(datum, "encoding").toString();
        if (symbol.equals("UNKNOWN")) {
            throw CodecException.malformed("field encoding is UNKNOWN: the vector cannot be read");
        }
        int dimension = (Integer) get((IndexedRecord) get(datum, "model"), "dimension");
        float[] vector = VectorBytes.read((ByteBuffer) get(datum, VECTOR), VectorEncoding.valueOf(symbol),
                (Float) get(datum, "scale"), dimension);
        json.writeStartArray();
        for (float component : vector) {
            json.writeNumber(component);
        }
        json.writeEndArray();
    }

    private static Object get(IndexedRecord datum, String field) {
        return datum.get(datum.getSchema().getField(field).pos());
    }

    private static void writeMap(Map<?, ?> map, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            json.writeFieldName(entry.getKey().toString());
            write(entry.getValue(), json);
        }
        json.writeEndObject();
    }

    private static void writeList(List<?> list, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (Object item : list) {
            write(item, json);
        }
        json.writeEndArray();
    }
}
