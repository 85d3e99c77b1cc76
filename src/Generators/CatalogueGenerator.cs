using Microsoft.CodeAnalysis;

namespace Adjoint.Generators;

/// <summary>Writes the catalogue of primitives: every sealed record under <c>Adjoint.Ir.Primitive</c>, by name.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class CatalogueGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
    }
}
