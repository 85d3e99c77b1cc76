using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Adjoint.Generators;

/// <summary>Writes each primitive's <c>Attributes</c> and <c>MapBodies</c>, and the catalogue of all primitives of the assembly, by name.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class CatalogueGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<PrimitiveModel> primitives = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => node is RecordDeclarationSyntax { BaseList: not null },
                static (syntax, stop) => PrimitiveReader.Read((RecordDeclarationSyntax)syntax.Node, syntax.SemanticModel, stop))
            .Where(static model => model is not null)
            .Select(static (model, _) => model!);

        context.RegisterSourceOutput(primitives, static (output, model) =>
        {
            if (model.Fault is { } fault)
            {
                output.ReportDiagnostic(fault.ToDiagnostic());
            }
            else
            {
                output.AddSource($"{model.TypeName}.g.cs", Writer.Members(model));
            }
        });
        context.RegisterSourceOutput(primitives.Collect(), static (output, models) => WriteCatalogue(output, models));
    }

    private static void WriteCatalogue(SourceProductionContext output, ImmutableArray<PrimitiveModel> models)
    {
        var byName = new SortedDictionary<string, PrimitiveModel>(System.StringComparer.Ordinal);
        foreach (PrimitiveModel model in models.Where(model => model.Fault is null))
        {
            if (byName.TryGetValue(model.Name, out PrimitiveModel other))
            {
                output.ReportDiagnostic(new Fault(Rules.SameName, model.Place, model.TypeName, other.TypeName, model.Name).ToDiagnostic());
            }
            else
            {
                byName.Add(model.Name, model);
            }
        }

        output.AddSource("Catalogue.g.cs", Writer.Catalogue(byName.Values));
        output.AddSource("EnumNames.g.cs", Writer.EnumNames(byName.Values));
    }
}
