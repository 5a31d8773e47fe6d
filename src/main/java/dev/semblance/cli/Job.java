package dev.semblance.cli;

import dev.semblance.config.Config;
import dev.semblance.embed.EmbedProcessors;
import dev.semblance.metrics.Metrics;
import dev.semblance.serve.AppHealth;
import dev.semblance.serve.Health;
import dev.semblance.serve.HttpEndpoint;
import dev.semblance.topology.DetectTopology;
import dev.semblance.topology.EmbedTopology;
import dev.semblance.topology.HandOver;
import dev.semblance.topology.StreamsApplication;
import dev.semblance.topology.StreamsSettings;
import dev.semblance.topology.TopicCatalog;
import dev.semblance.topology.TopicProblem;
import dev.semblance.topology.TopicSetup;
import dev.semblance.window.VectorWindows;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root of `run` and `demo`: opens everything in order and closes it in reverse. The model is warm
 * before an application starts to consume; applications stop before the engine that they use.
 *
 * <p>Thread: one owner; {@link #health} is read by any.
 */
final class Job implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Job.class);

    private final List<StreamsApplication> applications = new CopyOnWriteArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Config config;
    private final Metrics metrics;
    private int httpPort = -1;
    private String modelId = "";

    private Job(Config config, Metrics metrics) {
        this.config = config;
        this.metrics = metrics;
    }

    /** @throws RuntimeException with one clear message where anything needed is missing; nothing is left open */
    static Job start(Config config, Metrics metrics) {
        Job job = new Job(config, metrics);
        try {
            job.open();
            return job;
        } catch (RuntimeException | Error e) {
            job.close();
            throw e;
        }
    }

    private void open() {
        if (config.http().enabled()) {
            HttpEndpoint http = HttpEndpoint.open(config.http(), metrics, this::health);
            opened.push(http);
            httpPort = http.port();
            LOG.info("serving /metrics, /live and /ready on http://{}:{}", config.http().host(), httpPort);
        }
        checkTopics();
        // The model first: what cannot embed must not begin to detect.
        LoadedModel model = config.role().embeds() ? openModel() : null;
        if (config.role().detects()) {
            VectorWindows.checkSimd(metrics.registry());
            start("detect",
                    new StreamsApplication("detect", DetectTopology.build(Centre.of(config), metrics.registry()),
                            StreamsSettings.detect(config)));
        }
        if (model != null) {
            EmbedProcessors processors = new EmbedProcessors(config, model.steps(), metrics.registry());
            start("embed", new StreamsApplication("embed", EmbedTopology.build(config, processors),
                    StreamsSettings.embed(config)));
        }
    }

    private LoadedModel openModel() {
        LoadedModel model = LoadedModel.open(config, metrics.registry());
        opened.push(model);
        modelId = model.steps().model().id();
        LOG.info("model {} revision {} on {}; tokenizer: {}", modelId, model.steps().model().revision(),
                model.steps().engine().describe(), model.steps().tokenizer().describe());
        return model;
    }

    private void start(String name, StreamsApplication application) {
        opened.push(application);
        opened.push(metrics.bind(application.streams(), name));
        applications.add(application);
        application.start();
    }

    private void checkTopics() {
        try (Admin admin = KafkaClients.admin(config.kafka())) {
            List<TopicProblem> problems = TopicSetup.check(admin, TopicCatalog.load().specs(config, config.role()));
            problems.stream().filter(p -> !p.fatal()).forEach(p -> LOG.warn("{}", p.message()));
            List<String> fatal = new ArrayList<>(
                    problems.stream().filter(TopicProblem::fatal).map(TopicProblem::message).toList());
            if (fatal.isEmpty() && config.role().detects()) {
                HandOver.misplaced(admin, config).ifPresent(fatal::add);
            }
            if (!fatal.isEmpty()) {
                throw new CommandFailure(String.join("; ", fatal));
            }
        }
    }

    Health health() {
        List<AppHealth> apps = new ArrayList<>();
        for (StreamsApplication application : applications) {
            apps.add(AppHealth.of(application.name(), application.state(), application.restore().describe()));
        }
        return new Health(apps);
    }

    /** @return false where an application ended, or is not running after the timeout */
    boolean awaitRunning(Duration timeout) throws InterruptedException {
        for (StreamsApplication application : applications) {
            if (!application.awaitRunning(timeout)) {
                return false;
            }
        }
        return true;
    }

    /** Waits until any application has ended, or for the latch. @return what stopped it; null where the latch did */
    Throwable awaitEnd(CountDownLatch stop) throws InterruptedException {
        while (!stop.await(200, TimeUnit.MILLISECONDS)) {
            for (StreamsApplication application : applications) {
                if (application.awaitEnd(Duration.ZERO)) {
                    Throwable failure = application.failure();
                    return failure != null
                            ? failure
                            : new CommandFailure(application.name() + " is " + application.state());
                }
            }
        }
        return null;
    }

    /** What stopped an application; null while nothing has. */
    Throwable failure() {
        return applications.stream().map(StreamsApplication::failure).filter(f -> f != null).findFirst().orElse(null);
    }

    /** −1 where nothing is served. */
    int httpPort() {
        return httpPort;
    }

    /** Empty where the embed application does not run here. */
    String modelId() {
        return modelId;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable next = opened.pop();
            try {
                next.close();
            } catch (Exception e) {
                LOG.warn("while closing {}: {}", next.getClass().getSimpleName(), e.toString());
            }
        }
    }
}
