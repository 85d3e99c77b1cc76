using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Adjoint.Generators;

/// <summary>Reads a primitive's record and checks what the catalogue needs of it.</summary>
internal static class PrimitiveReader
{
    private const string Root = "Adjoint.Ir.Primitive";

    private static readonly string[] Closed =
    [
        "bool", "int", "long", "string", "Adjoint.Core.Ints", "Adjoint.Core.Axes", "Adjoint.Core.Shape", "Adjoint.Core.Scalar",
        "Adjoint.Ir.Body", "Adjoint.Ir.Bodies",
    ];

    /// <summary>The primitive that this declares, or null where it declares none.</summary>
    internal static PrimitiveModel? Read(RecordDeclarationSyntax syntax, SemanticModel semantics, CancellationToken stop)
    {
        if (semantics.GetDeclaredSymbol(syntax, stop) is not { IsAbstract: false } type || !IsPrimitive(type))
        {
            return null;
        }

        var place = Place.Of(syntax.Identifier.GetLocation());
        IParameterSymbol[] parameters = [.. PositionalParameters(type, stop)];
        string name = LiteralName(type, stop) ?? "";
        return new(
            name,
            type.ToDisplayString(),
            new(parameters.Select(parameter => new AttributeModel(parameter.Name, Qualified(parameter.Type), Members(parameter.Type)))),
            place,
            FirstFault(type, syntax, name, parameters, place));
    }

    private static Fault? FirstFault(
        INamedTypeSymbol type, RecordDeclarationSyntax syntax, string name, IParameterSymbol[] parameters, Place place)
    {
        if (!type.IsSealed || type.IsGenericType || type.ContainingType is not null || !syntax.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            return new(Rules.SealedPartial, place, type.Name);
        }

        if (!IsSnake(name))
        {
            return new(Rules.LiteralName, place, type.Name);
        }

        if (parameters.FirstOrDefault(parameter => !IsClosed(parameter.Type)) is { } open)
        {
            return new(Rules.ClosedTypes, place, type.Name, open.Name, open.Type.ToDisplayString());
        }

        IFieldSymbol? hidden = type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field =>
            !field.IsStatic && !field.IsConst && parameters.All(parameter => parameter.Name != field.AssociatedSymbol?.Name));
        return hidden is null ? null : new(Rules.NoOtherFields, place, type.Name, hidden.AssociatedSymbol?.Name ?? hidden.Name);
    }

    private static bool IsPrimitive(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (current.ToDisplayString() == Root)
            {
                return true;
            }
        }

        return false;
    }

    private static ImmutableArray<IParameterSymbol> PositionalParameters(INamedTypeSymbol type, CancellationToken stop)
    {
        IMethodSymbol? primary = type.InstanceConstructors.FirstOrDefault(constructor => constructor.DeclaringSyntaxReferences
            .Any(reference => reference.GetSyntax(stop) is RecordDeclarationSyntax { ParameterList: not null }));
        return primary?.Parameters ?? [];
    }

    private static string? LiteralName(INamedTypeSymbol type, CancellationToken stop) =>
        type.GetMembers("Name").FirstOrDefault()?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(stop)
            is PropertyDeclarationSyntax { ExpressionBody.Expression: LiteralExpressionSyntax literal }
            ? literal.Token.Value as string
            : null;

    private static bool IsSnake(string name) => name.Length > 0 && name[0] is >= 'a' and <= 'z'
        && name.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_');

    private static bool IsClosed(ITypeSymbol type) => type.NullableAnnotation != NullableAnnotation.Annotated
        && (type.TypeKind == TypeKind.Enum || Closed.Contains(type.ToDisplayString()));

    private static string Qualified(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private static Sequence<string> Members(ITypeSymbol type) => new(type.TypeKind == TypeKind.Enum
        ? type.GetMembers().OfType<IFieldSymbol>().Where(field => field.IsConst).Select(field => field.Name)
        : []);
}
