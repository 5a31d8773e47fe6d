package dev.semblance.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;

/**
 * An invented stream of short texts as the program will meet them: chatter, exact copies of some of it in bursts,
 * retweets with small edits, reports that differ in their figures only, and a few broken records. One JSON object a
 * record: {@code {"id","text","created_at","user"}}. In the order of event time, over the day before a given end. The
 * same arguments give the same bytes.
 * <p>
 * Thread: one.
 */
public final class SyntheticFeed implements Iterator<FeedRecord> {

    /** Enough for every kind of alert, and a minute's work for two cores. */
    public static final int DEFAULT_EVENTS = 3_000;
    public static final int MAX_EVENTS = 1_000_000;

    private static final Duration SPAN = Duration.ofHours(24);
    private static final JsonFactory JSON = new JsonFactory();
    private static final List<String> NAMES = List.of("mira", "tobi", "quill", "ansel", "juno", "pike", "oda", "rufus",
            "salome", "fenn", "greta", "ivo", "lark", "nadir", "petra", "wim");
    private static final List<String> SURNAMES = List.of("moss", "kettle", "brandt", "vale", "oakes", "tarn", "finch",
            "holm", "sable", "wick", "crane", "dunn", "ember", "frost", "glade", "hart");
    /** A text spreads for about this long. */
    private static final double SPREAD_MS = Duration.ofMinutes(25).toMillis();

    /**
     * How many records of each kind a feed has.
     *
     * @param chatter  unrelated texts; some are the originals of copies and retweets
     * @param copies   exact copies of chatter by others
     * @param retweets chatter passed on with small edits
     * @param figures  reports from templates in which only figures differ, the first of each template included
     * @param broken   records that must become dead letters
     */
    public record Mix(int chatter, int copies, int retweets, int figures, int broken) {

        static Mix of(int events) {
            int broken = events < 50 ? 0 : Math.max(BrokenRecord.values().length, events / 100);
            int copies = events * 18 / 100;
            int retweets = events * 17 / 100;
            int figures = events * 15 / 100;
            return new Mix(events - copies - retweets - figures - broken, copies, retweets, figures, broken);
        }
    }

    /** A record before it has its place and so its id. */
    private record Draft(long timeMs, String text, String user, BrokenRecord broken) {}

    private final Random random;
    private final Mix mix;
    private final long endMs;
    private final Iterator<Draft> drafts;
    private int index;

    /**
     * @param seed   of everything that is drawn
     * @param events number of records, broken ones included
     * @param end    all records are of the 24 hours before
     */
    public SyntheticFeed(long seed, int events, Instant end) {
        if (events < 0 || events > MAX_EVENTS) {
            throw new IllegalArgumentException("events " + events + ": expected 0 to " + MAX_EVENTS);
        }
        this.random = new Random(seed);
        this.mix = Mix.of(events);
        this.endMs = end.toEpochMilli();
        this.drafts = draw().iterator();
    }

    public Mix mix() {
        return mix;
    }

    private List<Draft> draw() {
        List<Draft> all = new ArrayList<>();
        Chatter chatter = new Chatter(random);
        for (int i = 0; i < mix.chatter; i++) {
            all.add(new Draft(anyTime(), chatter.next(), anyUser(), null));
        }
        List<Draft> originals = List.copyOf(all);
        copies(originals, all);
        retweets(originals, new Retweets(random, chatter), all);
        FigureReports reports = new FigureReports(random);
        for (int i = 0; i < mix.figures; i++) {
            all.add(new Draft(anyTime(), reports.next(i), "newsdesk_" + i % 7, null));
        }
        BrokenRecord[] kinds = BrokenRecord.values();
        for (int i = 0; i < mix.broken; i++) {
            all.add(new Draft(anyTime(), null, anyUser(), kinds[i % kinds.length]));
        }
        // Stable, so that equal times keep an order that the seed fixes.
        all.sort(Comparator.comparingLong(Draft::timeMs));
        return all;
    }

    /** A quarter of the copies are of one text, the others come in ever smaller bursts. */
    private void copies(List<Draft> originals, List<Draft> all) {
        int left = mix.copies;
        while (left > 0) {
            Draft original = originals.get(random.nextInt(originals.size()));
            int burst = left == mix.copies ? Math.max(1, left / 4) : Math.min(left, 1 + random.nextInt(1 + left / 12));
            for (int i = 0; i < burst; i++) {
                all.add(new Draft(timeAfter(original), original.text, anyUser(), null));
            }
            left -= burst;
        }
    }

    private void retweets(List<Draft> originals, Retweets retweets, List<Draft> all) {
        int left = mix.retweets;
        while (left > 0) {
            Draft original = originals.get(random.nextInt(originals.size()));
            int burst = Math.min(left, 1 + random.nextInt(12));
            for (int i = 0; i < burst; i++) {
                all.add(new Draft(timeAfter(original), retweets.of(original.text, original.user), anyUser(), null));
            }
            left -= burst;
        }
    }

    private long anyTime() {
        return endMs - SPAN.toMillis() + (long) (random.nextDouble() * SPAN.toMillis());
    }

    private long timeAfter(Draft original) {
        long delayMs = 1 + (long) (-Math.log(1 - random.nextDouble()) * SPREAD_MS);
        return Math.min(endMs - 1, original.timeMs + delayMs);
    }

    private String anyUser() {
        return NAMES.get(random.nextInt(NAMES.size())) + "_" + SURNAMES.get(random.nextInt(SURNAMES.size()))
                + random.nextInt(10);
    }

    @Override
    public boolean hasNext() {
        return drafts.hasNext();
    }

    @Override
    public FeedRecord next() {
        if (!drafts.hasNext()) {
            throw new NoSuchElementException("the feed is at its end after " + index + " records");
        }
        Draft draft = drafts.next();
        String id = String.format(java.util.Locale.ROOT, "s%07d", ++index);
        Instant time = Instant.ofEpochMilli(draft.timeMs);
        byte[] value = draft.broken == null
                ? json(id, draft.text, time, draft.user)
                : draft.broken.value(id, draft.user, time);
        return new FeedRecord(id.getBytes(StandardCharsets.UTF_8), value, draft.timeMs);
    }

    /** @param text left out where null */
    static byte[] json(String id, String text, Instant time, String user) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("id", id);
            if (text != null) {
                json.writeStringField("text", text);
            }
            json.writeStringField("created_at", time.toString());
            json.writeStringField("user", user);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
