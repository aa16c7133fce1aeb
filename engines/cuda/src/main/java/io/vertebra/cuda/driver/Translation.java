package io.vertebra.cuda.driver;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;

/**
 * All that a compiler is given for one piece of code.
 *
 * @param name of the file, for its messages
 * @param text of the file
 * @param headers name to text of what it includes, in their order
 * @param options of the compiler
 */
record Translation(String name, String text, Map<String, String> headers, List<String> options) {

    /** What tells the code apart that a compiler makes of this. */
    byte[] key(String compiler) {
        MessageDigest digest = sha256();
        add(digest, compiler);
        add(digest, name);
        add(digest, text);
        add(digest, Integer.toString(options.size()));
        options.forEach(option -> add(digest, option));
        headers.forEach((file, content) -> {
            add(digest, file);
            add(digest, content);
        });
        return digest.digest();
    }

    /** What tells code apart that is made of these texts. */
    static byte[] key(List<String> texts) {
        MessageDigest digest = sha256();
        texts.forEach(text -> add(digest, text));
        return digest.digest();
    }

    /** With its length before it, so that no two rows of texts are the same bytes. */
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
