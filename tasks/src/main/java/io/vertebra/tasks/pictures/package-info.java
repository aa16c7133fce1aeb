/**
 * Drawing on pictures: conversion between rasters and Java's images, text that needs no fonts to exist, PNG and JPEG files.
 *
 * <p>Start with {@link io.vertebra.tasks.pictures.Pictures}. What is drawn for an answer is the task's own.
 */
package io.vertebra.tasks.pictures;
