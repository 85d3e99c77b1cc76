namespace Adjoint.Core;

/// <summary>Tells .NET Interactive's notebooks how to show a type.</summary>
/// <remarks>
/// They look for an attribute of this name, whatever its assembly, and for the members that this one and <see cref="HtmlFormatterSource"/>
/// have (dotnet/interactive, FormatterTests.FormatterSources), so that no package of theirs is needed here.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>The type that makes formatters.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>What is shown where nothing else is asked for.</summary>
    public string[] PreferredMimeTypes { get; set; } = [HtmlFormatterSource.Html];
}

/// <summary>Makes the formatters of everything that is <see cref="IHtml"/>.</summary>
internal sealed class HtmlFormatterSource
{
    internal const string Html = "text/html";
    private const string Plain = "text/plain";

    /// <summary>The formatters, by convention objects with MimeType and Format.</summary>
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        new HtmlFormatter(Html, (value, writer) => ((IHtml)value).WriteHtml(writer)),
        new HtmlFormatter(Plain, (value, writer) => writer.Write(value)),
    ];
}

/// <summary>Writes a value in one form.</summary>
internal sealed class HtmlFormatter(string mimeType, Action<object, TextWriter> write)
{
    /// <summary>The form.</summary>
    public string MimeType { get; } = mimeType;

    /// <summary>Writes a value; whether it could.</summary>
    public bool Format(object instance, TextWriter writer)
    {
        write(instance, writer);
        return true;
    }
}
