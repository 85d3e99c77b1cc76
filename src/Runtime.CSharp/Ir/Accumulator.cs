namespace Adjoint.Ir;

/// <summary>Where the cotangent of one linear value is gathered while a linear graph is transposed.</summary>
/// <remarks>In a loop it is the carry, so adding to one element is an update in place.</remarks>
public abstract class Accumulator
{
    /// <summary>The type of the value and of its cotangent.</summary>
    public abstract ValueType Type { get; }

    /// <summary>Adds a cotangent of the whole value; null adds nothing.</summary>
    public abstract void Add(Value? cotangent);

    /// <summary>Whether something was gathered: if not, the cotangent is identically zero so far.</summary>
    public abstract bool HasValue { get; }

    /// <summary>Takes out what is gathered so far (zeros if nothing); whoever takes it adds it back, updated.</summary>
    public abstract Value Take();

    /// <summary>Adds to a part of what is gathered, by an update of it: the transpose of reading a part. It may wait for whole cotangents.</summary>
    public virtual void Update(Func<Value, Value> addInto) => Add(addInto(Take()));
}
