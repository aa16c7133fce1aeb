package example;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Small pictures for a trial: discs, stripes and boards, each a few times in other places. */
final class DrawnPictures {
    private static final int SIDE = 128;
    private static final int EACH = 3;

    private DrawnPictures() {}

    /** Draws them into a folder. */
    static Path into(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < EACH; i++) {
            for (String kind : new String[] {"disc", "stripes", "board"}) {
                ImageIO.write(draw(kind, i), "png", folder.resolve(kind + "-" + i + ".png").toFile());
            }
        }
        return folder;
    }

    private static BufferedImage draw(String kind, int i) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, SIDE, SIDE);
        switch (kind) {
            case "disc" -> {
                g.setColor(Color.RED);
                g.fillOval(20 + 10 * i, 30, 60, 60);
            }
            case "stripes" -> {
                g.setColor(Color.BLUE);
                for (int x = 2 * i; x < SIDE; x += 12) {
                    g.fillRect(x, 0, 6, SIDE);
                }
            }
            default -> {
                g.setColor(Color.BLACK);
                for (int cell = i % 2; cell < 64; cell += 2) {
                    g.fillRect(16 * ((cell + cell / 8) % 8), 16 * (cell / 8), 16, 16);
                }
            }
        }
        g.dispose();
        return image;
    }
}
