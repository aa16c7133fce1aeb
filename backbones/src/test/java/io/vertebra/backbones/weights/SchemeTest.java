package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemeTest {

    private static final String RULES =
            "'rules':[{'from':'a(\\\\d+)_(\\\\w+)','to':'x.{1+2}.{2:part}.{1}'},{'from':'(.+)','to':'y.{1}','layout':'io'}]";
    private static final String TABLES = "'tables':{'part':{'k':'weight'}}";

    @Test
    void renamesByTheFirstRuleThatFits() throws IOException {
        Scheme scheme = parse("{'name':'s','about':'t'," + TABLES + "," + RULES + "}");

        assertThat(scheme.rename("a9_k").orElseThrow().name()).isEqualTo("x.11.weight.9");
        assertThat(scheme.rename("a9_k").orElseThrow().rule().layout()).isEqualTo(Layout.SAME);
        assertThat(scheme.rename("a9_other").orElseThrow().name()).isEqualTo("y.a9_other"); // not in the table
        assertThat(scheme.rename("a12345678901_k").orElseThrow().name())
                .isEqualTo("y.a12345678901_k"); // no number to add to
        assertThat(scheme.rename("$1\\").orElseThrow().name()).isEqualTo("y.$1\\");
        assertThat(scheme.rename("b").orElseThrow().rule().layout()).isEqualTo(Layout.IO);
        assertThat(scheme.rename("")).isEmpty();
    }

    @Test
    void countsUpAndDown() throws IOException {
        Scheme scheme = parse("{'name':'s','about':'t','rules':[{'from':'b(\\\\d+)','to':'block.{1-2}.{1+3}'}]}");
        assertThat(scheme.rename("b12").orElseThrow().name()).isEqualTo("block.10.15");
    }

    @Test
    void fillsInWhatIsLeftOut() throws IOException {
        Scheme scheme = parse("{'name':'s','about':'t','rules':[{'from':'a','to':'b'}]}");

        assertThat(scheme.recognise()).isEmpty();
        assertThat(scheme.classOffset()).isZero();
        assertThat(scheme.samePadding()).isFalse();
        assertThat(scheme.normEpsilon()).isNull();
        assertThat(scheme.foldedNorm()).isFalse();
        assertThat(scheme.preprocessing()).isNull();
    }

    @Test
    void ignoresCountersAndWhatItIsTold() throws IOException {
        Scheme scheme = parse("{'name':'s','about':'t','ignore':['anchors.*'],'rules':[{'from':'a','to':'b'}]}");

        assertThat(scheme.ignores("bn.num_batches_tracked")).isTrue();
        assertThat(scheme.ignores("anchors/1")).isTrue();
        assertThat(scheme.ignores("my/anchors")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'name':'S','about':'t','rules':[{'from':'a','to':'b'}]|must be in lower snake case",
                "'about':'t','rules':[{'from':'a','to':'b'}]|must be in lower snake case",
                "'name':'s','about':' ','rules':[{'from':'a','to':'b'}]|needs an about",
                "'name':'s','about':'t','rules':[]|needs rules",
                "'name':'s','about':'t','class_offset':-1,'rules':[{'from':'a','to':'b'}]|class_offset must not be negative",
                "'name':'s','about':'t','architectures':[{'all':['a']}],'rules':[{'from':'a','to':'b'}]|an architecture needs a name",
                "'name':'s','about':'t','folded_norm':true,'norm_epsilon':1,'rules':[{'from':'a','to':'b'}]|folded_norm of the scheme and of its rules disagree",
                "'name':'s','about':'t','norm_epsilon':1,'rules':[{'from':'a','to':'n.bias','folded_norm':true}]|folded_norm of the scheme and of its rules disagree",
                "'name':'s','about':'t','folded_norm':true,'rules':[{'from':'a','to':'n.bias','folded_norm':true}]|folded norms need a norm_epsilon",
                "'name':'s','about':'t','rules':[{'from':'a','to':'n.shift','folded_norm':true}]|only the bias of a norm can be folded, not n.shift",
                "'name':'s','about':'t','rules':[{'from':'(a)','to':'{1:t}'}]|tables [] and those of the rules [t] differ",
                "'name':'s','about':'t','tables':{'t':{}},'rules':[{'from':'(a)','to':'{1}'}]|tables [t] and those of the rules [] differ",
                "'name':'s','about':'t','rules':[{'from':'(a)','to':'{2}'}]|rule (a) has no group for {2}",
                "'name':'s','about':'t','rules':[{'from':'(a','to':'b'}]|Unclosed group",
                "'name':'s','about':'t','recognise':[{'none':['a']}],'rules':[{'from':'a','to':'b'}]|a signature must ask for a name or a shape",
                "'name':'s','about':'t','recognise':[{'all':['(']}],'rules':[{'from':'a','to':'b'}]|Unclosed group",
                "'name':'s','about':'t','ignore':['('],'rules':[{'from':'a','to':'b'}]|Unclosed group",
                "'name':'s','about':'t','rules':[{'from':'a','to':'b'}],'rule':[]|Unrecognized field",
                "'name':'s','name':'s','about':'t','rules':[{'from':'a','to':'b'}]|Duplicate field",
                "'name':'s','about':'t','rules':[{'from':'a','to':'b','layout':'hwoi'}]|not one of the values accepted",
                "'name':'s','about':'t','rules':[{'from':'a','to':'b'}],'preprocessing':{'input_size':0,'mean':[0,0,0],'std':[1,1,1],'interpolation':'bilinear','crop':1}|needs an input size",
                "'name':'s','about':'t','rules':[{'from':'a','to':'b'}],'preprocessing':{'input_size':1,'mean':[0,0],'std':[1,1,1],'interpolation':'bilinear','crop':1}|needs an input size",
                "'name':'s','about':'t','rules':[{'from':'a','to':'b'}],'preprocessing':{'input_size':1,'mean':[0,0,0],'std':[1,1,0],'interpolation':'bilinear','crop':1}|needs an input size",
                "'name':'s','about':'t','rules':[{'from':'a','to':'b'}],'preprocessing':{'input_size':1,'mean':[0,0,0],'std':[1,1,1],'interpolation':'cubic','crop':1}|interpolation must be bilinear or bicubic",
                "'name':'s','about':'t','rules':[{'from':'a','to':'b'}],'preprocessing':{'input_size':1,'mean':[0,0,0],'std':[1,1,1],'interpolation':'bicubic','crop':1.1}|interpolation must be bilinear or bicubic",
            })
    void refusesMistakes(String body, String complaint) {
        assertThatThrownBy(() -> parse("{" + body + "}")).hasMessageContaining(complaint);
    }

    @Test
    void matchesSignaturesByWholeNamesAndShapes() {
        Map<String, List<Integer>> file = Map.of("conv1.weight", List.of(2, 3), "fc.bias", List.of(2));

        assertThat(signature(List.of("conv\\d\\.weight", "fc\\.bias"), List.of("bn.*"), Map.of())
                        .matches(file))
                .isTrue();
        assertThat(signature(List.of("conv\\d"), List.of(), Map.of()).matches(file))
                .isFalse();
        assertThat(signature(List.of("conv1\\.weight"), List.of("fc.*"), Map.of())
                        .matches(file))
                .isFalse();
        assertThat(signature(List.of(), List.of(), Map.of("fc.bias", List.of(2)))
                        .matches(file))
                .isTrue();
        assertThat(signature(List.of(), List.of(), Map.of("fc.bias", List.of(3)))
                        .matches(file))
                .isFalse();
        assertThat(signature(List.of(), List.of(), Map.of("absent", List.of(3))).matches(file))
                .isFalse();
    }

    private static Signature signature(List<String> all, List<String> none, Map<String, List<Integer>> shapes) {
        return new Signature(null, all, none, shapes);
    }

    private static Scheme parse(String json) throws IOException {
        return Schemes.parse(json.replace('\'', '"'));
    }
}
