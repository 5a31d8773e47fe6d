package dev.semblance.codec;

import dev.semblance.record.Rejection.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * One type of record in single-object encoding. Reads every released version of its schema and resolves it to the
 * present one.
 *
 * <p>Thread: any. Avro's readers and writers keep their working state per thread.
 */
final class SingleObject<T extends SpecificRecord> {

    private final Schema current;
    private final byte[] header;
    private final SpecificDatumWriter<T> writer;
    private final Map<Long, DatumReader<T>> readers;

    SingleObject(Schema current) {
        this.current = current;
        header = Framing.singleObjectHeader(KnownSchemas.fingerprint(current));
        writer = new SpecificDatumWriter<>(current, GeneratedClasses.INSTANCE);
        readers = KnownSchemas.ON_BOARD.all().entrySet().stream().filter(e -> isOurs(e.getValue()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> readerOf(e.getValue())));
    }

    private boolean isOurs(Schema written) {
        return written.getFullName().equals(current.getFullName());
    }

    private DatumReader<T> readerOf(Schema written) {
        return new SpecificDatumReader<>(written, current, GeneratedClasses.INSTANCE);
    }

    byte[] encode(T datum, int sizeHintBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(header.length + sizeHintBytes);
        out.writeBytes(header);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            writer.write(datum, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toByteArray();
    }

    <R> R decode(byte[] value, Function<T, R> convert) {
        Schema written = writerOf(value);
        if (!isOurs(written)) {
            throw CodecException
                    .malformed("the value is of type " + written.getName() + ", expected " + current.getName());
        }
        AvroShape.check(written, value, Framing.SINGLE_OBJECT_HEADER_BYTES);
        T datum;
        try {
            datum = readers.get(Framing.fingerprint(value)).read(null,
                    DecoderFactory.get().binaryDecoder(value, Framing.SINGLE_OBJECT_HEADER_BYTES,
                            value.length - Framing.SINGLE_OBJECT_HEADER_BYTES, null));
        } catch (IOException | AvroRuntimeException e) {
            throw CodecException.malformed("the value is no " + current.getName() + ": " + e.getMessage());
        }
        return convert.apply(datum);
    }

    /**
     * The schema that the header names.
     *
     * @throws CodecException where there is no such header, or its schema is not on board
     */
    static Schema writerOf(byte[] value) {
        switch (Framing.of(value)) {
            case CONFLUENT -> throw CodecException.of(Reason.UNKNOWN_SCHEMA, "schema id " + Framing.schemaId(value)
                    + ": the value has Confluent wire framing, and no schema registry is configured in this version;"
                    + " write Avro single-object encoding instead");
            case OTHER -> throw CodecException.malformed("no Avro single-object header (c3 01 and 8 bytes): the value"
                    + " of " + value.length + " bytes begins with "
                    + HexFormat.ofDelimiter(" ").formatHex(value, 0, Math.min(value.length, 4)));
            case SINGLE_OBJECT -> {
                // As it should be.
            }
        }
        if (value.length < Framing.SINGLE_OBJECT_HEADER_BYTES) {
            throw CodecException.malformed("truncated within the schema fingerprint: the value has " + value.length
                    + " bytes, its header alone takes " + Framing.SINGLE_OBJECT_HEADER_BYTES);
        }
        long fingerprint = Framing.fingerprint(value);
        Schema written = KnownSchemas.ON_BOARD.find(fingerprint);
        if (written == null) {
            throw CodecException.of(Reason.UNKNOWN_SCHEMA, "Avro schema with fingerprint "
                    + KnownSchemas.hex(fingerprint) + " is not known here; known are " + KnownSchemas.ON_BOARD);
        }
        return written;
    }
}
