package io.vertebra.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The NVIDIA cards of this machine. The driver is asked through its own tool, so that nothing of CUDA is loaded.
 *
 * @param cards in the driver's order
 * @param driver its version; empty if there is none
 * @param why there are no cards; empty if there are
 */
public record Gpus(List<Gpu> cards, String driver, String why) {
    private static final String TOOL = "nvidia-smi";
    private static final List<String> QUESTION =
            List.of("--query-gpu=name,compute_cap,memory.total,driver_version", "--format=csv,noheader,nounits");
    /** A name may hold commas; what stands behind it has a fixed form. */
    private static final Pattern CARD = Pattern.compile("(.+), (\\d{1,3})\\.(\\d{1,3}), (\\d{1,12}), ([^,]+)");

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** A pipe holds as much: more, and the tool would wait for a reader until patience ends. */
    private static final int LONGEST_ANSWER = 1 << 16;

    /** Checks the values. */
    public Gpus {
        cards = List.copyOf(cards);
    }

    /** Those of this machine. */
    public static Gpus here() {
        return ask(TOOL, PATIENCE);
    }

    /** Asks this program in the way of nvidia-smi, which hangs where a driver does. */
    static Gpus ask(String program, Duration patience) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(QUESTION);
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) { // what a machine without a driver says
            return none("no NVIDIA driver here (" + TOOL + " is not found)");
        }
        try (InputStream out = process.getInputStream()) {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return none(TOOL + " does not answer");
            }
            String answer = new String(out.readNBytes(LONGEST_ANSWER), StandardCharsets.UTF_8);
            return process.exitValue() == 0 ? parse(answer) : none(TOOL + " says: " + firstLine(answer));
        } catch (IOException e) {
            return none(TOOL + " cannot be read (" + e.getMessage() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return none("interrupted while " + TOOL + " was asked");
        } finally {
            process.destroyForcibly();
        }
    }

    private static Gpus parse(String answer) {
        List<Gpu> cards = new ArrayList<>();
        String driver = "";
        for (String line : answer.lines().filter(l -> !l.isBlank()).toList()) {
            Matcher card = CARD.matcher(line.strip());
            if (!card.matches()) {
                return none(TOOL + " answers what is no card: " + firstLine(line));
            }
            Gpu.Capability capability =
                    new Gpu.Capability(Integer.parseInt(card.group(2)), Integer.parseInt(card.group(3)));
            cards.add(new Gpu(card.group(1), capability, Long.parseLong(card.group(4))));
            driver = card.group(5);
        }
        return cards.isEmpty() ? none("the NVIDIA driver finds no card") : new Gpus(cards, driver, "");
    }

    private static String firstLine(String answer) {
        String line = answer.strip().lines().findFirst().orElse("nothing");
        return line.substring(0, Math.min(120, line.length())).replaceAll("\\p{Cntrl}", "?");
    }

    private static Gpus none(String why) {
        return new Gpus(List.of(), "", why);
    }
}
