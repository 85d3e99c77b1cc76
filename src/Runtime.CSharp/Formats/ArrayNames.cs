using System.Text;
using Adjoint.Core;

namespace Adjoint.Formats;

/// <summary>What the names of arrays in a file must be.</summary>
internal static class ArrayNames
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Fails unless each name is there once and is a text that can be written.</summary>
    /// <exception cref="StructureException">It is not.</exception>
    internal static void Check(string format, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            try
            {
                Strict.GetByteCount(name);
            }
            catch (EncoderFallbackException)
            {
                throw new StructureException($"{format}: the name {name} has half a surrogate pair, which can't be written.");
            }

            if (!seen.Add(name))
            {
                throw new StructureException($"{format}: two arrays are named {name}.");
            }
        }
    }
}
