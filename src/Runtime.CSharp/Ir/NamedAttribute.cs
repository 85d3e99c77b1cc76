namespace Adjoint.Ir;

/// <summary>One attribute of a primitive.</summary>
/// <remarks>The value is a bool, int, long, string (a member of an enumeration too, in lower camel case), Ints, Axes, Shape, Scalar, Body or Bodies.</remarks>
/// <param name="Name">The field's name, in lower camel case.</param>
/// <param name="Value">The field's value.</param>
public readonly record struct NamedAttribute(string Name, object Value);
