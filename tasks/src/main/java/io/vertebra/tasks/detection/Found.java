package io.vertebra.tasks.detection;

import io.vertebra.images.Box;

/**
 * An object that a network found.
 *
 * @param label its class, from 0 without the background
 * @param score in [0, 1]
 * @param box in pixels of the photo
 */
public record Found(int label, double score, Box box) {

    /** Intersection over union with another box; 0 if both are empty. */
    double overlap(Box other) {
        double common = common(other);
        double all = box.area() + other.area() - common;
        return all > 0 ? common / all : 0;
    }

    /** How much of this lies in another box; 0 if this is empty. */
    double share(Box other) {
        return box.area() > 0 ? common(other) / box.area() : 0;
    }

    private double common(Box other) {
        double width = Math.min(box.x2(), other.x2()) - Math.max(box.x1(), other.x1());
        double height = Math.min(box.y2(), other.y2()) - Math.max(box.y1(), other.y1());
        return Math.max(0, width) * Math.max(0, height);
    }
}
