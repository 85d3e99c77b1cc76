using Microsoft.CodeAnalysis;

namespace Adjoint.Generators;

/// <summary>What a primitive's record must be.</summary>
internal static class Rules
{
    internal static readonly DiagnosticDescriptor LiteralName = Rule(
        "ADJ001",
        "A primitive says its name as a literal",
        "{0}: its name must be a literal in snake_case: public override string Name => \"…\"");

    internal static readonly DiagnosticDescriptor SealedPartial = Rule(
        "ADJ002",
        "A primitive is a sealed partial record",
        "{0}: must be a sealed partial record, neither generic nor nested: its attributes are written for it");

    internal static readonly DiagnosticDescriptor ClosedTypes = Rule(
        "ADJ003",
        "Attributes are of a closed set of types",
        "{0}: attribute {1} is of type {2}; it must be bool, int, long, string, an enumeration, Ints, Axes, Shape, Scalar, Body or Bodies");

    internal static readonly DiagnosticDescriptor SameName = Rule(
        "ADJ004",
        "Names of primitives are distinct",
        "{0} and {1} have the same name, {2}");

    internal static readonly DiagnosticDescriptor NoOtherFields = Rule(
        "ADJ005",
        "A primitive holds its attributes alone",
        "{0}: {1} is a field beside the positional parameters, so it would not be printed, saved or compared");

    private static DiagnosticDescriptor Rule(string id, string title, string message) =>
        new(id, title, message, "Primitives", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
