package dev.semblance.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads one {@code .properties} file: UTF-8, a byte order mark is skipped, a key set twice is refused. */
final class PropertiesFile {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private PropertiesFile() {}

    static SortedMap<String, String> read(Path file) {
        SortedMap<String, String> found = new TreeMap<>();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            reader.mark(1);
            if (reader.read() != BYTE_ORDER_MARK) {
                reader.reset();
            }
            new Once(file, found).load(reader);
        } catch (NoSuchFileException e) {
            throw new ConfigException("config file " + file + " does not exist");
        } catch (CharacterCodingException e) {
            throw new ConfigException("config file " + file + " is not valid UTF-8");
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException("config file " + file + " cannot be read: " + e.getMessage());
        }
        return found;
    }

    /** {@link Properties} quietly keeps the last of two values; one of them is a mistake. */
    private static final class Once extends Properties {

        private static final long serialVersionUID = 1;

        private final transient Path file;
        private final transient SortedMap<String, String> found;

        Once(Path file, SortedMap<String, String> found) {
            this.file = file;
            this.found = found;
        }

        @Override
        public synchronized Object put(Object key, Object value) {
            if (found.putIfAbsent((String) key, (String) value) != null) {
                throw new ConfigException("config file " + file + " sets '" + key + "' twice; remove one of them");
            }
            return super.put(key, value);
        }
    }
}
