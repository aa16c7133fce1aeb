package io.vertebra.tasks.report;

import io.vertebra.tasks.pictures.Canvas;
import io.vertebra.tasks.pictures.Drawing;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves of a training from the rows of its log. */
public final class Charts {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 540;
    private static final int MOST_CLASSES = 12;
    private static final Color INK = new Color(0x22, 0x2b, 0x3a);
    private static final Color GRID = new Color(0xe3, 0xe7, 0xee);
    private static final Color[] COLOURS = {
        new Color(0x1f, 0x77, 0xb4),
        new Color(0xd6, 0x5f, 0x2a),
        new Color(0x2a, 0x9d, 0x6f),
        new Color(0x8e, 0x5e, 0xb8)
    };

    private Charts() {}

    /**
     * The curves of some keys over the step; rows without a key, and values that are no finite numbers, leave a curve out there. Empty
     * if nothing is left, or if this Java has no fonts for the axes.
     */
    public static Optional<Part.Picture> of(
            String key, String title, List<Map<String, Object>> rows, List<String> keys) {
        if (!Canvas.hasFonts()) {
            return Optional.empty();
        }
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle("step")
                .build();
        style(chart.getStyler());
        for (String name : keys) {
            add(chart, name, rows);
        }
        return chart.getSeriesCollection().isEmpty()
                ? Optional.empty()
                : Optional.of(new Part.Picture(key, title, Drawing.diagram(paint(chart))));
    }

    /**
     * Precision over recall.
     *
     * @param recall levels, the same for all curves
     * @param precision of each class by name; of many, the first few are drawn
     */
    public static Optional<Part.Picture> precisionRecall(List<Double> recall, Map<String, List<Double>> precision) {
        if (!Canvas.hasFonts() || precision.isEmpty()) {
            return Optional.empty();
        }
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle("recall")
                .yAxisTitle("precision")
                .build();
        style(chart.getStyler());
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0).setXAxisMin(0.0).setXAxisMax(1.0);
        precision.entrySet().stream()
                .limit(MOST_CLASSES)
                .forEach(e -> line(chart.addSeries(e.getKey(), recall, e.getValue())));
        return Optional.of(new Part.Picture(
                "precision_recall", "Precision over recall at IoU 0.5", Drawing.diagram(paint(chart))));
    }

    private static void line(XYSeries series) {
        series.setMarker(SeriesMarkers.NONE);
        series.setLineStyle(new BasicStroke(2.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    }

    private static void add(XYChart chart, String key, List<Map<String, Object>> rows) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (Map<String, Object> row : rows) {
            if (row.get(key) instanceof Number value && Double.isFinite(value.doubleValue())) {
                x.add(((Number) row.get("step")).doubleValue());
                y.add(value.doubleValue());
            }
        }
        if (!x.isEmpty()) {
            XYSeries series = chart.addSeries(key, x, y);
            line(series);
            series.setMarker(x.size() < 30 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        }
    }

    private static void style(org.knowm.xchart.style.XYStyler styler) {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 18);
        styler.setSeriesColors(COLOURS);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setPlotGridLinesColor(GRID);
        styler.setChartFontColor(INK);
        styler.setAxisTickLabelsColor(INK);
        styler.setAxisTickLabelsFont(font);
        styler.setAxisTitleFont(font);
        styler.setLegendFont(font);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setLegendPosition(Styler.LegendPosition.InsideNE);
        styler.setLegendBackgroundColor(new Color(255, 255, 255, 200));
        styler.setMarkerSize(7);
        styler.setChartTitleVisible(false);
        styler.setAntiAlias(true);
    }

    private static BufferedImage paint(XYChart chart) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        chart.paint(graphics, WIDTH, HEIGHT);
        graphics.dispose();
        return image;
    }
}
