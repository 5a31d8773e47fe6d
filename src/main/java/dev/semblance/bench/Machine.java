package dev.semblance.bench;

import dev.semblance.config.Config;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Where figures were taken: they mean nothing without. */
final class Machine {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path MEMORY_INFO = Path.of("/proc/meminfo");

    private Machine() {}

    /** Name → value, in an order for people. */
    static Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("cpu", cpu());
        facts.put("cores", Runtime.getRuntime().availableProcessors());
        facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
        facts.put("heapMaxMb", Runtime.getRuntime().maxMemory() >> 20);
        facts.put("onnxruntime", library("ai.onnxruntime.OrtSession", "onnxruntime_gpu"));
        facts.put("kafka", library("org.apache.kafka.clients.producer.Producer", "kafka-clients"));
        facts.put("semblance", version(Config.class));
        return facts;
    }

    /** Memory that this process could still take, off the heap: also what the system holds as a cache of files. */
    static long availableBytes() {
        var os = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (Stream<String> lines = Files.lines(MEMORY_INFO)) {
            return lines.filter(l -> l.startsWith("MemAvailable:")).findFirst()
                    .map(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10)
                    .map(bytes -> Math.min(bytes, os.getTotalMemorySize())).orElseGet(os::getFreeMemorySize);
        } catch (IOException e) {
            // Not a Linux.
            return os.getFreeMemorySize();
        }
    }

    private static String cpu() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(l -> l.startsWith("model name")).findFirst()
                    .map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse("unknown");
        } catch (IOException e) {
            // Not a Linux: its name is not known here.
            return "unknown";
        }
    }

    /** By the package's manifest or, where that says nothing, by the name of its jar. */
    private static String library(String type, String artifact) {
        try {
            Class<?> known = Class.forName(type, false, Machine.class.getClassLoader());
            String stated = known.getPackage().getImplementationVersion();
            if (stated != null) {
                return stated;
            }
            String jar = known.getProtectionDomain().getCodeSource().getLocation().getPath();
            int from = jar.lastIndexOf(artifact + "-");
            return from < 0 ? "unknown" : jar.substring(from + artifact.length() + 1).replaceFirst("\\.jar$", "");
        } catch (ClassNotFoundException e) {
            return "missing";
        }
    }

    private static String version(Class<?> type) {
        String stated = type.getPackage().getImplementationVersion();
        return stated == null ? "(unpackaged build)" : stated;
    }
}
