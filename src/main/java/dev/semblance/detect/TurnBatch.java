package dev.semblance.detect;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns that travel together to every shard, in order. Bytes, by {@link WireWriter}:
 *
 * <pre>
 * u8 version · i64 run · varint count · count × turn
 * turn = varint sequence (the next ones: less the one before) · signed stream time (less the one before)
 *      · signed timestamp (less the one before) · u8 quiet · bytes key · bytes value (null: delete)
 * </pre>
 *
 * @param run which making of the sequence; see {@link ShardLedger}
 */
record TurnBatch(long run, List<Turn> turns) {

    private static final byte VERSION = 1;

    TurnBatch {
        turns = List.copyOf(turns);
    }

    byte[] encode() {
        WireWriter out = new WireWriter().put(VERSION).put(run).put((long) turns.size());
        Turn before = new Turn(0, 0, 0, false, new byte[0], null);
        for (Turn turn : turns) {
            encode(turn, before, out);
            before = turn;
        }
        return out.toBytes();
    }

    private static void encode(Turn turn, Turn before, WireWriter out) {
        out.put(turn.sequence() - before.sequence()).putSigned(turn.streamTimeMs() - before.streamTimeMs())
                .putSigned(turn.timestampMs() - before.timestampMs()).put(turn.quiet()).put(turn.key())
                .put(turn.value());
    }

    /** @throws IllegalStateException where the bytes are no batch of a version known here */
    static TurnBatch decode(byte[] bytes) {
        WireReader in = new WireReader("a batch of probes", bytes, VERSION);
        long run = in.getLong();
        int count = in.getCount();
        List<Turn> turns = new ArrayList<>(count);
        Turn before = new Turn(0, 0, 0, false, new byte[0], null);
        for (int i = 0; i < count; i++) {
            before = decode(in, before);
            turns.add(before);
        }
        in.end();
        return new TurnBatch(run, turns);
    }

    private static Turn decode(WireReader in, Turn before) {
        long sequence = before.sequence() + in.getLong();
        long streamTimeMs = before.streamTimeMs() + in.getSigned();
        long timestampMs = before.timestampMs() + in.getSigned();
        boolean quiet = in.getBoolean();
        byte[] key = in.getBytes();
        if (key == null || sequence <= before.sequence()) {
            throw in.corrupt("a turn without a key, or number " + sequence + " after " + before.sequence());
        }
        return new Turn(sequence, streamTimeMs, timestampMs, quiet, key, in.getBytes());
    }

    /** One turn by itself, for a store. */
    static byte[] encodeOne(Turn turn) {
        return new TurnBatch(0, List.of(turn)).encode();
    }

    /** What {@link #encodeOne} wrote. */
    static Turn decodeOne(byte[] bytes) {
        return decode(bytes).turns().getFirst();
    }
}
