import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Reference;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;

/**
 * Checks PDF files with veraPDF: `VeraCheck PROFILE FILE [PROFILE FILE]...`, PROFILE being ua1 or
 * 2a. Prints a line for each failed rule: profile, file, clause-test, message; and for each file a
 * line with "rules" and the number of rules that were applied. The profiles are read without JAXB,
 * which the jar at hand lacks.
 */
public class VeraCheck {
    private static final Map<String, String> FILES = Map.of("ua1", "PDFUA-1", "2a", "PDFA-2A");

    public static void main(String[] args) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        Map<String, ValidationProfile> profiles = new TreeMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!profiles.containsKey(args[i])) {
                profiles.put(args[i], read(args[i]));
            }
            check(args[i], profiles.get(args[i]), args[i + 1]);
        }
    }

    private static void check(String name, ValidationProfile profile, String file) throws Exception {
        PDFAFlavour flavour = profile.getPDFAFlavour();
        try (PDFAParser parser =
                Foundries.defaultInstance().createParser(new FileInputStream(file), flavour)) {
            var result = Foundries.defaultInstance().createValidator(profile, false).validate(parser);
            Map<String, String> failed = new TreeMap<>();
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = assertion.getRuleId().getClause()
                            + "-" + assertion.getRuleId().getTestNumber();
                    failed.putIfAbsent(rule, assertion.getMessage() + " @ "
                            + assertion.getLocation().getContext());
                }
            }
            failed.forEach((rule, message) ->
                    print(name, file, rule, message.replaceAll("\\s+", " ")));
            print(name, file, "rules", String.valueOf(profile.getRules().size()));
        }
    }

    private static void print(String... fields) {
        System.out.println(String.join("\t", fields));
    }

    private static ValidationProfile read(String name) throws Exception {
        String path = "/org/verapdf/pdfa/validation/" + FILES.get(name) + ".xml";
        Element root;
        try (InputStream in = Profiles.class.getResourceAsStream(path)) {
            root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in)
                    .getDocumentElement();
        }
        Set<Rule> rules = new HashSet<>();
        for (Element rule : children(root, "rules", "rule")) {
            Element id = children(rule, "id").get(0);
            var ruleId = Profiles.ruleIdFromValues(
                    PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                    id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber")));
            Element error = children(rule, "error").get(0);
            List<ErrorArgument> arguments = new ArrayList<>();
            String deferred = rule.getAttribute("deferred");
            rules.add(Profiles.ruleFromValues(ruleId, rule.getAttribute("object"),
                    deferred.isEmpty() ? null : Boolean.valueOf(deferred),
                    rule.getAttribute("tags"), text(rule, "description"), text(rule, "test"),
                    Profiles.errorFromValues(text(error, "message"), arguments),
                    new ArrayList<Reference>()));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element variable : children(root, "variables", "variable")) {
            variables.add(Profiles.variableFromValues(variable.getAttribute("name"),
                    variable.getAttribute("object"), text(variable, "defaultValue"),
                    text(variable, "value")));
        }
        return Profiles.profileFromValues(PDFAFlavour.valueOf(root.getAttribute("flavour")),
                Profiles.profileDetailsFromValues(name, "", "", new Date(0)), "", rules, variables);
    }

    private static List<Element> children(Element parent, String... path) {
        List<Element> found = List.of(parent);
        for (String name : path) {
            List<Element> next = new ArrayList<>();
            for (Element element : found) {
                for (var node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
                    if (node instanceof Element child && child.getTagName().equals(name)) {
                        next.add(child);
                    }
                }
            }
            found = next;
        }
        return found;
    }

    private static String text(Element parent, String name) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent();
    }
}
