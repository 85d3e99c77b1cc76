namespace Adjoint.Ir;

/// <summary>Where the cotangent of one linear value is gathered while a linear graph is transposed.</summary>
/// <remarks>In a loop it is the carry, so adding to one element is an update in place.</remarks>
public abstract class Accumulator
{
    /// <summary>The type of the value and of its cotangent.</summary>
    public abstract ValueType Type { get; }

    /// <summary>Adds a cotangent of the whole value; null adds nothing.</summary>
    public abstract void Add(Value? cotangent);

    /// <summary>Replaces what is gathered so far (zeros at first) by an update of it: the transpose of reading a part.</summary>
    public abstract void Update(Func<Value, Value> addInto);
}
