package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.ingest.TextDecoder;
import dev.semblance.ingest.TextOutcome;
import dev.semblance.local.FeedRecord;
import dev.semblance.local.Pacer;
import dev.semblance.metrics.Metrics;
import dev.semblance.metrics.SemblanceMeter;
import dev.semblance.record.MatchKind;
import dev.semblance.record.RawRecord;
import dev.semblance.record.SourcePosition;
import dev.semblance.topology.StreamsApplication;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;

/** One replay through a running job: sends, watches what comes out, and sums up. Thread: the main thread. */
final class DemoRun {

    /** Without any output for this long, events have been lost: say so instead of waiting for ever. */
    private static final Duration STALL = Duration.ofSeconds(90);
    private static final Duration SETTLE = Duration.ofMillis(500);

    private final Config config;
    private final Job job;
    private final Metrics metrics;
    private final Console console;
    private final Pacer pacer;
    private final long limit;
    private final CountDownLatch stop;
    private final TextDecoder decoder;
    private long sentRecords;
    private long sentEvents;

    DemoRun(Config config, Job job, Metrics metrics, Console console, Pacer pacer, long limit, CountDownLatch stop) {
        this.config = config;
        this.console = console;
        this.stop = stop;
        this.job = job;
        this.metrics = metrics;
        this.pacer = pacer;
        this.limit = limit;
        this.decoder = new TextDecoder(config.texts(), System::currentTimeMillis);
    }

    /**
     * Sends everything and waits until all of it is accounted for, or the latch says stop.
     *
     * @param total −1 where it is not known
     */
    DemoSummary run(Iterator<FeedRecord> records, long total) throws InterruptedException {
        try (DemoObserver observer = new DemoObserver(config, alert -> console.print(AlertPrinter.format(alert)))) {
            observer.start();
            console.startProgress("events", total);
            long startNs = System.nanoTime();
            send(records, observer);
            long drainedNs = drain(observer);
            console.endProgress();
            return summary(observer, drainedNs - startNs);
        }
    }

    private void send(Iterator<FeedRecord> records, DemoObserver observer) throws InterruptedException {
        try (Producer<byte[], byte[]> producer = KafkaClients.producer(config.kafka(), "semblance-demo",
                SendCommand.maxMessageBytes(config.kafka(), config.topics().texts()))) {
            TopicSender sender = new TopicSender(producer, config.topics().texts());
            while (sentRecords < limit && stop.getCount() > 0 && records.hasNext()) {
                FeedRecord next = records.next();
                if (!await(next, observer)) {
                    break;
                }
                register(next, observer);
                sender.send(next);
                sentRecords++;
                if (sentRecords % 64 == 0) {
                    show(observer.counts());
                    checkFailures(sender);
                }
            }
            sender.flush();
            checkFailures(sender);
        }
    }

    /** Waits until an event's time has come. @return false where the demo was told to stop */
    private boolean await(FeedRecord next, DemoObserver observer) throws InterruptedException {
        long delayMs;
        while ((delayMs = pacer.delayMs(next.eventTimeMs(), System.nanoTime() / 1_000_000)) > 0) {
            show(observer.counts());
            if (stop.await(Math.min(delayMs, 200), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    private void show(DemoObserver.Counts c) {
        console.progress(accounted(c), c.alerts() + " alerts, " + c.deadLetters() + " dead letters");
    }

    /** Counts the events of a record as the program will: one record may hold several. */
    private void register(FeedRecord record, DemoObserver observer) {
        List<TextOutcome> outcomes = decoder.decode(new RawRecord(new SourcePosition("replay", 0, sentRecords),
                System.currentTimeMillis(), record.key(), record.value(), List.of()));
        for (TextOutcome outcome : outcomes) {
            if (outcome instanceof TextOutcome.Accepted(var event)) {
                observer.sent(event.id());
            }
            if (!(outcome instanceof TextOutcome.Deleted)) {
                sentEvents++;
            }
        }
    }

    /**
     * Waits until all is accounted for, and a moment longer: an alert may show up after the unique event it is about.
     *
     * @return when the last of it came out
     */
    private long drain(DemoObserver observer) throws InterruptedException {
        long lastChangeNs = System.nanoTime();
        DemoObserver.Counts last = observer.counts();
        while (!drained(last) || System.nanoTime() - lastChangeNs < SETTLE.toNanos()) {
            if (stop.await(20, TimeUnit.MILLISECONDS)) {
                return lastChangeNs;
            }
            checkFailures(null);
            DemoObserver.Counts now = observer.counts();
            show(now);
            if (!now.equals(last)) {
                lastChangeNs = System.nanoTime();
                last = now;
            } else if (System.nanoTime() - lastChangeNs > STALL.toNanos()) {
                throw new CommandFailure("nothing came out for " + STALL.toSeconds() + " s, but of " + sentEvents
                        + " events only these are accounted for: " + now + ", late " + late(), job.failure());
            }
        }
        return lastChangeNs;
    }

    private boolean drained(DemoObserver.Counts c) {
        return accounted(c) >= sentEvents && c.unique() + c.suppressed() + late() >= c.embedded();
    }

    private static long accounted(DemoObserver.Counts c) {
        return c.embedded() + c.deadLetters();
    }

    private void checkFailures(TopicSender sender) {
        if (sender != null && sender.failed() > 0) {
            throw new CommandFailure("an event could not be sent: " + FailureReport.message(sender.firstFailure()),
                    sender.firstFailure());
        }
        if (job.failure() != null) {
            throw new CommandFailure("the job stopped: " + StreamsApplication.rootMessage(job.failure()),
                    job.failure());
        }
    }

    private long late() {
        return (long) SemblanceMeter.DETECT_LATE.counter(metrics.registry()).count();
    }

    private DemoSummary summary(DemoObserver observer, long elapsedNs) {
        DemoObserver.Counts c = observer.counts();
        long cacheHits = (long) SemblanceMeter.CACHE_HITS.counter(metrics.registry()).count();
        return new DemoSummary(sentEvents, c.embedded(), c.deadLetters(), late(), c.unique(), c.suppressed(),
                c.kinds().getOrDefault(MatchKind.EXACT, 0L), c.kinds().getOrDefault(MatchKind.NEAR, 0L),
                c.kinds().getOrDefault(MatchKind.VARIANT, 0L), c.alerts(), cacheHits, elapsedNs / 1e9,
                observer.latencyMs(50), observer.latencyMs(99), job.modelId());
    }
}
