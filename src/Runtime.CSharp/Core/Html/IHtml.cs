namespace Adjoint.Core;

/// <summary>What a notebook shows as HTML.</summary>
internal interface IHtml
{
    /// <summary>Writes one element, with every text escaped.</summary>
    void WriteHtml(TextWriter writer);
}
