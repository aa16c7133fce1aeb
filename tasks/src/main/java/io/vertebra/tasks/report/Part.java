package io.vertebra.tasks.report;

import io.vertebra.tasks.pictures.Drawing;
import java.util.List;

/** A piece of a report. */
public sealed interface Part {

    /** Its heading. */
    String title();

    /** Its name in files: lower_snake_case. */
    String key();

    /** The same piece for one of several heads: the head's name before key and title. */
    Part under(String head);

    /**
     * Rows of cells.
     *
     * @param header one text a column; the first column is text, the others are numbers
     * @param rows as many cells as the header has
     */
    record Table(String key, String title, List<String> header, List<List<String>> rows) implements Part {
        /** Copies the lists. */
        public Table {
            header = List.copyOf(header);
            rows = rows.stream().map(List::copyOf).toList();
        }

        @Override
        public Table under(String head) {
            return new Table(head + "_" + key, head + ": " + title, header, rows);
        }
    }

    /** One picture. */
    record Picture(String key, String title, Drawing drawing) implements Part {
        @Override
        public Picture under(String head) {
            return new Picture(head + "_" + key, head + ": " + title, drawing);
        }
    }

    /** Small pictures with a text below each. */
    record Gallery(String key, String title, List<Tile> tiles) implements Part {
        /** Copies the list. */
        public Gallery {
            tiles = List.copyOf(tiles);
        }

        @Override
        public Gallery under(String head) {
            return new Gallery(head + "_" + key, head + ": " + title, tiles);
        }
    }

    /** A small picture of a gallery. */
    record Tile(Drawing drawing, String caption) {}
}
