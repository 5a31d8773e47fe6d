package dev.semblance.detect;

import dev.semblance.detect.ShardMessage.Join;
import dev.semblance.detect.ShardMessage.Partners;
import dev.semblance.detect.ShardMessage.Progress;
import dev.semblance.detect.ShardMessage.Report;
import dev.semblance.record.MatchKind;
import dev.semblance.record.ModelIdentity;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Messages from one shard to another: a record of the control topic. Bytes, by {@link WireWriter}:
 *
 * <pre>
 * u8 version · varint run · varint sender · messages to the end
 * message  = u8 1 · report | u8 2 · join | u8 3 · partners | u8 4 · varint decided below
 * report   = varint sequence · u8 flags (1: a best, 2: open events) · [found] · [rank · u8 kinds, a bit each]
 * found    = str id · signed time · str text · u8 kind · f32 cosine · f32 similarity
 * rank     = u8 kind · f32 similarity · signed time · str id
 * join     = varint sequence · signed timestamp · u8 quiet · str event id · signed time · str text · found (the original)
 *          · u8 suppressed · model
 * model    = str id · str revision · varint dimension · str pooling · u8 normalised · varint max tokens · str precision
 * partners = varint sequence · u8 last · varint count · count × found
 * kind     = 0 EXACT, 1 NEAR, 2 VARIANT
 * </pre>
 *
 * @param run  which making of the sequence the messages are about
 * @param from the shard that sends
 */
record ShardMail(long run, int from, List<ShardMessage> messages) {

    private static final byte VERSION = 1;
    /** Of a record, unless one message alone is larger. */
    static final int MAX_BYTES = 448 << 10;
    static final int MAX_SHARDS = 128;

    private static final byte REPORT = 1;
    private static final byte JOIN = 2;
    private static final byte PARTNERS = 3;
    private static final byte PROGRESS = 4;
    private static final int HAS_BEST = 1;
    private static final int HAS_OPEN = 2;
    /** What a found takes beside its strings: two lengths, a time, a kind and two floats. */
    private static final int MAX_FOUND_REST = 5 + 5 + 10 + 1 + 4 + 4;

    ShardMail {
        messages = List.copyOf(messages);
    }

    /** As many records as it takes, in order. */
    List<byte[]> encode() {
        List<byte[]> records = new ArrayList<>();
        WireWriter out = head();
        int empty = out.size();
        for (ShardMessage message : messages) {
            WireWriter one = new WireWriter();
            encode(message, one);
            if (out.size() > empty && out.size() + one.size() > MAX_BYTES) {
                records.add(out.toBytes());
                out = head();
            }
            out.append(one);
        }
        if (out.size() > empty) {
            records.add(out.toBytes());
        }
        return records;
    }

    private WireWriter head() {
        return new WireWriter().put(VERSION).put(run).put((long) from);
    }

    static void encode(ShardMessage message, WireWriter out) {
        switch (message) {
            case Report r -> encode(r, out.put(REPORT));
            case Join j -> encode(j, out.put(JOIN));
            case Partners p -> {
                out.put(PARTNERS).put(p.sequence()).put(p.last()).put((long) p.partners().size());
                p.partners().forEach(o -> put(o, out));
            }
            case Progress p -> out.put(PROGRESS).put(p.decidedBelow());
        }
    }

    private static void encode(Report r, WireWriter out) {
        int flags = (r.best() == null ? 0 : HAS_BEST) | (r.isLast() ? 0 : HAS_OPEN);
        out.put(r.sequence()).put((byte) flags);
        if (r.best() != null) {
            put(r.best(), out);
        }
        if (!r.isLast()) {
            put(r.openBest(), out);
            putKinds(r.openKind(), out);
        }
    }

    private static void encode(Join j, WireWriter out) {
        Repeat r = j.repeat();
        out.put(j.sequence()).putSigned(j.timestampMs()).put(j.quiet()).put(r.eventId()).putSigned(r.eventTimeMs())
                .put(r.eventText());
        put(new Found(r.originalId(), r.originalTimeMs(), r.originalText(), r.kind(), r.cosine(),
                r.similarity()), out);
        ModelIdentity m = r.model();
        out.put(r.suppressed()).put(m.id()).put(m.revision()).put((long) m.dimension()).put(m.pooling())
                .put(m.normalised()).put((long) m.maxTokens()).put(m.precision());
    }

    static void put(Found f, WireWriter out) {
        out.put(f.id()).putSigned(f.timeMs()).put(f.text());
        putKind(f.kind(), out);
        out.put(f.cosine()).put(f.similarity());
    }

    /** No fewer bytes than {@link #put(Found, WireWriter)} writes: a char takes 3 at most. */
    static long maxSizeBytes(Found f) {
        return 3L * (f.id().length() + (f.text() == null ? 0 : f.text().length())) + MAX_FOUND_REST;
    }

    static void put(Rank r, WireWriter out) {
        putKind(r.kind(), out);
        out.put(r.similarity()).putSigned(r.timeMs()).put(r.id());
    }

    static void putKind(MatchKind kind, WireWriter out) {
        out.put(code(kind));
    }

    private static byte code(MatchKind kind) {
        return switch (kind) {
            case EXACT -> 0;
            case NEAR -> 1;
            case VARIANT -> 2;
        };
    }

    static void putKinds(Set<MatchKind> kinds, WireWriter out) {
        int bits = 0;
        for (MatchKind kind : kinds) {
            bits |= 1 << code(kind);
        }
        out.put((byte) bits);
    }

    /** @throws IllegalStateException where the bytes are no mail of a version known here */
    static ShardMail decode(byte[] bytes) {
        WireReader in = new WireReader("a message between shards", bytes, VERSION);
        long run = in.getLong();
        int from = in.getInt(MAX_SHARDS - 1);
        List<ShardMessage> messages = new ArrayList<>();
        while (in.hasMore()) {
            messages.add(message(in));
        }
        return new ShardMail(run, from, messages);
    }

    static ShardMessage message(WireReader in) {
        byte type = in.getByte();
        return switch (type) {
            case REPORT -> report(in);
            case JOIN -> join(in);
            case PARTNERS -> partners(in);
            case PROGRESS -> new Progress(in.getLong());
            default -> throw in.corrupt("a message of type " + type);
        };
    }

    private static Report report(WireReader in) {
        long sequence = in.getLong();
        int flags = in.getByte();
        if ((flags & ~(HAS_BEST | HAS_OPEN)) != 0) {
            throw in.corrupt("flags of " + flags);
        }
        Found best = (flags & HAS_BEST) == 0 ? null : found(in);
        if ((flags & HAS_OPEN) == 0) {
            return new Report(sequence, best, null, Set.of());
        }
        Rank openBest = rank(in);
        Set<MatchKind> kinds = kinds(in);
        if (kinds.isEmpty()) {
            throw in.corrupt("open events of no kind");
        }
        return new Report(sequence, best, openBest, kinds);
    }

    private static Join join(WireReader in) {
        long sequence = in.getLong();
        long timestampMs = in.getSigned();
        boolean quiet = in.getBoolean();
        String eventId = in.getText("event id");
        long eventTimeMs = in.getSigned();
        String eventText = in.getString();
        Found o = found(in);
        boolean suppressed = in.getBoolean();
        ModelIdentity model = new ModelIdentity(in.getText("model"), in.getText("revision"),
                in.getInt(Integer.MAX_VALUE), in.getString(), in.getBoolean(), in.getInt(Integer.MAX_VALUE),
                in.getString());
        return new Join(sequence, timestampMs, quiet,
                new Repeat(eventId, eventTimeMs, eventText, model, o.id(), o.timeMs(),
                        o.text(), o.kind(), o.cosine(), o.similarity(), suppressed));
    }

    private static Partners partners(WireReader in) {
        long sequence = in.getLong();
        boolean last = in.getBoolean();
        int count = in.getCount();
        List<Found> partners = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            partners.add(found(in));
        }
        return new Partners(sequence, partners, last);
    }

    static Found found(WireReader in) {
        return new Found(in.getText("id"), in.getSigned(), in.getString(), kind(in), in.getFloat(), in.getFloat());
    }

    static Rank rank(WireReader in) {
        return new Rank(kind(in), in.getFloat(), in.getSigned(), in.getText("id"));
    }

    static MatchKind kind(WireReader in) {
        byte code = in.getByte();
        return switch (code) {
            case 0 -> MatchKind.EXACT;
            case 1 -> MatchKind.NEAR;
            case 2 -> MatchKind.VARIANT;
            default -> throw in.corrupt("a match kind of " + code);
        };
    }

    static Set<MatchKind> kinds(WireReader in) {
        int bits = in.getByte();
        Set<MatchKind> kinds = EnumSet.noneOf(MatchKind.class);
        for (MatchKind kind : MatchKind.values()) {
            if ((bits & 1 << code(kind)) != 0) {
                kinds.add(kind);
                bits &= ~(1 << code(kind));
            }
        }
        if (bits != 0) {
            throw in.corrupt("match kinds of " + bits);
        }
        return kinds;
    }
}
