using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>The attributes of one primitive as they were read, to be taken by name and type.</summary>
/// <param name="primitive">The primitive's name, for messages.</param>
/// <param name="attributes">What was read.</param>
public sealed class AttributeReader(string primitive, IReadOnlyDictionary<string, object> attributes)
{
    /// <summary>An attribute that must be there and be of this type.</summary>
    /// <exception cref="Core.FormatException">It is not.</exception>
    public T Get<T>(string name)
        where T : notnull
    {
        if (!attributes.TryGetValue(name, out object? value))
        {
            throw new Core.FormatException($"{primitive}: attribute {name} is missing.");
        }

        return value is T typed ? typed : throw new Core.FormatException(
            $"{primitive}: attribute {name} is {value} ({value.GetType().Name}), not of type {typeof(T).Name}.");
    }

    /// <summary>An attribute of an enumeration, read by its name in lower camel case.</summary>
    /// <exception cref="Core.FormatException">It is missing or is none of the enumeration's names.</exception>
    public T Enum<T>(string name)
        where T : struct, Enum
    {
        string text = Get<string>(name);
        return System.Enum.TryParse(text, true, out T value) && System.Enum.IsDefined(value) && !int.TryParse(text, out _)
            ? value
            : throw new Core.FormatException($"{primitive}: attribute {name} is {text}, which is no {typeof(T).Name}.");
    }
}
