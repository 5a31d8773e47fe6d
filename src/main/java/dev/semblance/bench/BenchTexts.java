package dev.semblance.bench;

import dev.semblance.config.Config;
import dev.semblance.ingest.TextDecoder;
import dev.semblance.ingest.TextOutcome;
import dev.semblance.local.FeedRecord;
import dev.semblance.local.ReplayFile;
import dev.semblance.local.SyntheticFeed;
import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Distinct texts in their order of appearance, read as the program itself reads records. */
public final class BenchTexts {

    /** Of the invented feed; its texts are the same in each run. */
    public static final long SEED = 1;

    /** A feed repeats itself: about half of its records are new texts. */
    private static final int RECORDS_A_TEXT = 4;

    private BenchTexts() {}

    /**
     * @param file plain or JSON lines, may be gzipped; null for the invented feed
     * @return {@code atLeast} to {@code atMost} texts, as many as there are
     * @throws BenchException where there are fewer
     */
    public static List<String> distinct(Config.Texts config, String file, int atLeast, int atMost) throws IOException {
        Set<String> distinct = new LinkedHashSet<>();
        if (file == null) {
            int records = (int) Math.min(SyntheticFeed.MAX_EVENTS, (long) atMost * RECORDS_A_TEXT);
            read(config, new SyntheticFeed(SEED, records, Instant.now()), distinct, atMost);
        } else {
            try (ReplayFile replay = ReplayFile.open(file, config.jsonId(), config.jsonTimestamp())) {
                read(config, replay, distinct, atMost);
            }
        }
        if (distinct.size() < atLeast) {
            throw new BenchException((file == null ? "the invented feed" : file) + " has only " + distinct.size()
                    + " distinct texts that the program takes, but " + atLeast + " are asked for; lower --texts");
        }
        return List.copyOf(distinct);
    }

    /** All that the program takes, in the order of the files, repeated ones too. */
    public static List<String> all(Config.Texts config, List<String> files) throws IOException {
        List<String> all = new ArrayList<>();
        for (String file : files) {
            try (ReplayFile replay = ReplayFile.open(file, config.jsonId(), config.jsonTimestamp())) {
                read(config, replay, all, Integer.MAX_VALUE);
            }
        }
        return all;
    }

    /** Adds texts until there are {@code atMost}. */
    private static void read(Config.Texts config, Iterator<FeedRecord> records, Collection<String> texts, int atMost) {
        TextDecoder decoder = new TextDecoder(config, System::currentTimeMillis);
        while (records.hasNext() && texts.size() < atMost) {
            RawRecord raw = new RawRecord(new SourcePosition("bench", 0, texts.size()), 0, null,
                    records.next().value(), List.of());
            for (TextOutcome outcome : decoder.decode(raw)) {
                if (outcome instanceof TextOutcome.Accepted(var event) && texts.size() < atMost) {
                    texts.add(event.text());
                }
            }
        }
    }

    /** {@code size} texts from the one at {@code from} on; begins again at the end, and then repeats texts. */
    static List<String> slice(List<String> texts, long from, int size) {
        List<String> slice = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            slice.add(texts.get((int) ((from + i) % texts.size())));
        }
        return slice;
    }
}
